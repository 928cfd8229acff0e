package fleet

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"itlsim/phone"
)

// A Wait is what a phone waits for that has something left to do.
type Wait struct {
	Phone string `json:"phone"` // its name
	// Booting is how long its boot has taken so far, by its fleet's clock; 0: it does not boot.
	Booting time.Duration `json:"booting,omitzero"`
	For     string        `json:"for"`
}

// WaitOf is what a phone waits for that boots for so long, 0 for not at all; told is whether
// it has yet to be reached by what it was told. waits is false where it has nothing to do.
func WaitOf(p *phone.Phone, booting time.Duration, told bool) (w Wait, waits bool) {
	w = Wait{p.Name(), booting, p.Awaits()}
	switch {
	case w.For != "":
	case booting > 0:
		w.For = "a processor"
	case told:
		w.For = "its turn"
	}
	return w, w.For != ""
}

func (w Wait) String() string {
	if w.Booting == 0 {
		return fmt.Sprintf("%s waits for %s", w.Phone, w.For)
	}
	return fmt.Sprintf("%s waits for %s, %v after its boot began", w.Phone, w.For, w.Booting.Round(100*time.Millisecond))
}

// Slowest are so many of these, at most: those that boot for longest, and then the first
// that do not boot.
func Slowest(most int, all iter.Seq[Wait]) (slowest []Wait) {
	for w := range all {
		at := len(slowest)
		for at > 0 && slowest[at-1].Booting < w.Booting {
			at--
		}
		if at < most {
			slowest = slices.Insert(slowest[:min(len(slowest), most-1)], at, w)
		}
	}
	return slowest
}

// Unsettled are the phones that have something left to do.
type Unsettled struct {
	Left    int    `json:"left"`    // how many
	Slowest []Wait `json:"slowest"` // some
}

// slowestShown is how many are named: more is no line any more.
const slowestShown = 3

// UnsettledOf are those of a fleet now.
func UnsettledOf(f Fleet) Unsettled { return Unsettled{f.Busy(), f.Slowest(slowestShown)} }

// Plus are these and those of the phones that come next.
func (u Unsettled) Plus(next Unsettled) Unsettled {
	all := slices.Concat(u.Slowest, next.Slowest)
	return Unsettled{u.Left + next.Left, Slowest(slowestShown, slices.Values(all))}
}

func (u Unsettled) String() string { return strings.Join(u.Lines(), "; ") }

// Lines say of each phone that is named what it waits for, and how many others there are.
func (u Unsettled) Lines() (says []string) {
	for _, w := range u.Slowest {
		says = append(says, w.String())
	}
	switch more := u.Left - len(says); {
	case more == 1:
		says = append(says, "1 more has something left to do")
	case more > 1:
		says = append(says, fmt.Sprintf("%d more have something left to do", more))
	}
	return says
}

// An UnsettledError is the error of who would wait for phones no longer.
type UnsettledError struct {
	Unsettled
	Err error // why
}

func (e *UnsettledError) Error() string { return fmt.Sprintf("%v: %v", e.Err, e.Unsettled) }

// Unwrap gives the reason to errors.Is.
func (e *UnsettledError) Unwrap() error { return e.Err }
