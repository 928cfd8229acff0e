package scenarios

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"itlsim/fleet"
	"itlsim/phone"
)

// A selection picks phones and says how many of them something is to be true of.
type selection struct {
	quantity quantity
	number   float64 // of phones, or a share of them
	share    bool

	group         string // "": all
	offline       bool   // only those
	online        bool   // only those
	before, since string // firmware
}

type quantity uint8

const (
	everyOne quantity = iota
	exactly
	atLeast
	atMost
)

// selectionOf reads the beginning of a sentence that the language has let pass.
func selectionOf(words []word) selection {
	var s selection
	i := 0
	next := func() string {
		i++
		if i > len(words) {
			return ""
		}
		return words[i-1].text
	}
	for i < len(words) {
		switch w := next(); {
		case w == "all", w == "the":
		case w == "no":
			s.quantity = exactly
		case w == "half":
			s.quantity, s.number, s.share = exactly, 0.5, true
		case w == "at":
			s.quantity = atLeast
			if next() == "most" {
				s.quantity = atMost
			}
		case strings.HasSuffix(w, "%"):
			s.number, _ = strconv.ParseFloat(strings.TrimSuffix(w, "%"), 64)
			s.number, s.share = s.number/100, true
			if s.quantity == everyOne {
				s.quantity = exactly
			}
		case w[0] >= '0' && w[0] <= '9':
			s.number, _ = strconv.ParseFloat(w, 64)
			if s.quantity == everyOne {
				s.quantity = exactly
			}
		case w == "offline":
			s.offline = true
		case w == "online":
			s.online = true
		case w == "of":
		case w == "phones":
			s.which(words[i:])
			return s
		default:
			return s
		}
	}
	return s
}

// which reads what follows "phones".
func (s *selection) which(words []word) {
	at := func(i int) string {
		if i < len(words) {
			return words[i].text
		}
		return ""
	}
	if at(0) == "of" {
		s.group = at(1)
		words = words[2:]
	}
	if at(0) == "with" && at(1) == "firmware" {
		if at(2) == "older" {
			s.before = at(4)
		} else {
			s.since = at(2)
		}
	}
}

// picks reports whether a phone is meant.
func (s *selection) picks(m *member) bool {
	return (s.group == "" || m.Group == s.group) &&
		(!s.offline || m.Offline) && (!s.online || !m.Offline) &&
		(s.before == "" || !m.Profile.Since(s.before)) &&
		(s.since == "" || m.Profile.Since(s.since))
}

// check judges an expectation about the phones: what returns "" where it holds
// for a phone, else what is the case.
func (s *selection) check(st *Stage, what func(*member, *fleet.View) string) error {
	others := make(kinds)
	var holds sample
	checked := 0
	st.each(func(_ int, m *member, v *fleet.View) {
		if !s.picks(m) {
			return
		}
		checked++
		if is := what(m, v); is == "" {
			holds.add(v.Name)
		} else {
			others.add(st.plain(is, v.Name), v.Name)
		}
	})
	if checked == 0 && (s.quantity == everyOne || s.quantity == atLeast || s.number > 0) {
		return fmt.Errorf("there is no such phone")
	}
	exact := s.number
	if s.share {
		exact *= float64(checked)
	}
	// a share that is no whole number of phones may be rounded either way
	least, most := int(math.Floor(exact+1e-9)), int(math.Ceil(exact-1e-9))
	switch {
	case s.quantity == everyOne && len(others) == 0,
		s.quantity == exactly && least <= holds.n && holds.n <= most,
		s.quantity == atLeast && holds.n >= least,
		s.quantity == atMost && holds.n <= most:
		return nil
	case s.quantity == everyOne:
		return others.describe(checked)
	case holds.n < least && len(others) > 0:
		return fmt.Errorf("%d of %d are so; of the others, %w", holds.n, checked, others.describe(checked))
	}
	return fmt.Errorf("%d of %d are so (%s)", holds.n, checked, &holds)
}

// portion is a share of n things, rounded.
func portion(share float64, n int) int { return int(math.Round(share * float64(n))) }

// pick tells the fleet whom an act is for; nil: for all.
func (s selection) pick(st *Stage) func(*phone.Phone) bool {
	if s.group == "" && !s.offline && !s.online && s.before == "" && s.since == "" {
		return nil
	}
	return func(p *phone.Phone) bool { return s.picks(st.member(p.Name())) }
}
