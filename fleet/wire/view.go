package wire

import (
	"iter"
	"net/netip"
	"time"

	"itlsim/fleet"
	"itlsim/internal/contain"
)

// All yields a view of every phone, in the order of adding ([fleet.Fleet]).
func (f *Fleet) All(parts fleet.Parts) iter.Seq[*fleet.View] {
	return func(yield func(*fleet.View) bool) {
		var v fleet.View
		for _, s := range f.all() {
			s.mu.Lock()
			v.Look(s.phone, parts)
			s.mu.Unlock()
			if !yield(&v) {
				return
			}
		}
	}
}

// Phones are views of all phones, in the order of adding.
func (f *Fleet) Phones() []fleet.View { return fleet.Views(f) }

// at is the slot of the phone at an address; nil where there is none.
func (f *Fleet) at(ip netip.Addr) *slot {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byIP[ip.Unmap()]
}

// Index is the number of a phone, which the fleet must have, in the order of
// adding.
func (f *Fleet) Index(device string) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.byName[device].index
}

// Phone is a view of one phone, by its number in the order of adding.
func (f *Fleet) Phone(i int) fleet.View { return f.all()[i].view() }

func (s *slot) view() fleet.View {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fleet.ViewOf(s.phone)
}

// States counts the phones in each state, and those that are off.
func (f *Fleet) States() fleet.States {
	return f.StatesBy(1, func(int) int { return 0 })[0]
}

// StatesBy counts the phones in each state, in parts ([fleet.Fleet]).
func (f *Fleet) StatesBy(parts int, part func(i int) int) []fleet.States {
	states := make([]fleet.States, parts)
	for i, s := range f.all() {
		contain.Holding(&s.mu, func() { states[part(i)][fleet.Place(s.phone)]++ })
	}
	return states
}

// Busy is how many phones have something left to do.
func (f *Fleet) Busy() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.busy
}

// Slowest are the phones that boot for longest ([fleet.Fleet]), by the wall clock.
func (f *Fleet) Slowest(most int) []fleet.Wait {
	now := time.Now()
	return fleet.Slowest(most, func(yield func(fleet.Wait) bool) {
		for _, s := range f.all() {
			if w, waits := f.wait(s, now); waits && !yield(w) {
				return
			}
		}
	})
}

func (f *Fleet) wait(s *slot, now time.Time) (fleet.Wait, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.mu.Lock()
	told := len(s.pending) > 0
	f.mu.Unlock()
	booting := time.Duration(0)
	if !s.begun.IsZero() {
		booting = now.Sub(s.begun)
	}
	return fleet.WaitOf(s.phone, booting, told)
}

// Tally is what the phones have done so far.
func (f *Fleet) Tally() *fleet.Tally { return &f.tally }

// Limits are those that the fleet keeps to.
func (f *Fleet) Limits() fleet.Limits { return f.config.Limits }

// BootTimes are those of all boots that have ended.
func (f *Fleet) BootTimes() fleet.BootTimes { return f.tally.BootTimes() }
