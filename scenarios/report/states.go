package report

import (
	"fmt"

	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/language"
)

// States counts phones, each once: those that are off, and the others by their trust, which
// is none, trusted, locked or untrusted ([phone.State]).
type States struct {
	None      int `json:"none"`
	Trusted   int `json:"trusted"`
	Locked    int `json:"locked"`
	Untrusted int `json:"untrusted"`
	Off       int `json:"off"` // without power, whatever they hold
}

// StatesOf takes over what a fleet counted.
func StatesOf(n fleet.States) States {
	return States{n[phone.None], n[phone.Trusted], n[phone.Locked], n[phone.Untrusted], n[fleet.Off]}
}

// Counted is what a fleet counted ([StatesOf]).
func (s States) Counted() fleet.States {
	return fleet.States{
		phone.None: s.None, phone.Trusted: s.Trusted, phone.Locked: s.Locked, phone.Untrusted: s.Untrusted, fleet.Off: s.Off,
	}
}

// Phones is how many there are in all.
func (s States) Phones() int { return s.None + s.Trusted + s.Locked + s.Untrusted + s.Off }

// A Group is phones of one group, and how many of them are in which state.
type Group struct {
	Name   string `json:"name"`
	Phones int    `json:"phones"` // how many are in it
	States States `json:"states"`
}

// GroupsOf counts the phones of each group, in the order in which the groups have
// phones.
func GroupsOf(l *lab.Lab) []Group {
	names, counted := l.GroupStates()
	groups := make([]Group, len(names))
	for i, name := range names {
		states := StatesOf(counted[i])
		groups[i] = Group{name, states.Phones(), states}
	}
	return groups
}

// differing are the groups of a step, where one of them has phones in other states than
// the whole fleet has; nil where all are alike.
func (s *Step) differing() []Group {
	for _, g := range s.Groups {
		if g.States.places() != s.States.places() {
			return s.Groups
		}
	}
	return nil
}

// places tells of each state, and off, whether there are phones.
func (s States) places() [5]bool {
	return [5]bool{s.None > 0, s.Trusted > 0, s.Locked > 0, s.Untrusted > 0, s.Off > 0}
}

// stateNames are the heads of the columns that String fills.
var stateNames = fmt.Sprintf("%10s %10s %10s %10s %10s", "none", "trusted", "locked", "untrusted", "off")

// String is the columns of the text report.
func (s States) String() string {
	return fmt.Sprintf("%10s %10s %10s %10s %10s",
		language.Number(s.None), language.Number(s.Trusted), language.Number(s.Locked), language.Number(s.Untrusted),
		language.Number(s.Off))
}
