package scenarios

import (
	"fmt"
	"math"

	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/scenarios/language"
)

// picks reports whether a phone is meant.
func picks(s *language.Selection, m *lab.Member) bool {
	return (s.Group == "" || m.Group == s.Group) &&
		(!s.Offline || m.Offline) && (!s.Online || !m.Offline) &&
		(s.Before == "" || !m.Profile.Since(s.Before)) &&
		(s.Since == "" || m.Profile.Since(s.Since))
}

// check judges an expectation about the phones: what returns "" where it holds
// for a phone, else what is the case.
func check(s *language.Selection, st *Player, what func(int, *lab.Member, *fleet.View) string) error {
	others := make(kinds)
	var holds sample
	checked := 0
	st.Each(func(i int, m *lab.Member, v *fleet.View) {
		if !picks(s, m) {
			return
		}
		checked++
		if is := what(i, m, v); is == "" {
			holds.add(v.Name)
		} else {
			others.add(st.teller.Plain(is, v.Name), v.Name)
		}
	})
	if checked == 0 && (s.Quantity == language.EveryOne || s.Quantity == language.AtLeast || s.Number > 0) {
		return fmt.Errorf("there is no such phone")
	}
	exact := s.Number
	if s.Share {
		exact *= float64(checked)
	}
	// a share that is no whole number of phones may be rounded either way
	least, most := int(math.Floor(exact+1e-9)), int(math.Ceil(exact-1e-9))
	switch {
	case s.Quantity == language.EveryOne && len(others) == 0,
		s.Quantity == language.Exactly && least <= holds.n && holds.n <= most,
		s.Quantity == language.AtLeast && holds.n >= least,
		s.Quantity == language.AtMost && holds.n <= most:
		return nil
	case s.Quantity == language.EveryOne:
		return others.describe(checked)
	case holds.n < least && len(others) > 0:
		return fmt.Errorf("%d of %d are so; of the others, %w", holds.n, checked, others.describe(checked))
	}
	return fmt.Errorf("%d of %d are so (%s)", holds.n, checked, &holds)
}

// pick tells the lab whom an act is for; nil: for all.
func pick(s *language.Selection) func(*lab.Member) bool {
	if s.Group == "" && !s.Offline && !s.Online && s.Before == "" && s.Since == "" {
		return nil
	}
	return func(m *lab.Member) bool { return picks(s, m) }
}
