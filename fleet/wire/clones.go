package wire

import (
	"slices"

	"itlsim/fleet"
	"itlsim/internal/contain"
	"itlsim/phone"
)

// Clones are the phones as they are now, one after the other, in the order of adding, for
// another driver. Nobody answers there what they have asked here: boots that are under way
// begin anew. The library is theirs.
func (f *Fleet) Clones(l *phone.Library) []fleet.Moved {
	all := f.all()
	clones := make([]fleet.Moved, len(all))
	for i, s := range all {
		own := &clones[i]
		contain.Holding(&s.mu, func() {
			own.Phone = s.phone.Clone(l)
			contain.Holding(&f.mu, func() { own.Pending = slices.Clone(s.pending) })
		})
		own.Interrupted = own.Abandon()
	}
	return clones
}
