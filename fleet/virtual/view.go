package virtual

import (
	"iter"
	"slices"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/internal/contain"
)

// glance is how many phones All looks at at once: few enough to hold nobody up, some
// microseconds, and many enough that whoever looks at 40,000 phones while they boot does not
// wait for 40,000 windows.
const glance = 256

// All yields a view of every phone, in the order of adding ([fleet.Fleet]).
func (f *Fleet) All(parts fleet.Parts) iter.Seq[*fleet.View] {
	return func(yield func(*fleet.View) bool) {
		views := make([]fleet.View, min(glance, len(f.slots)))
		for from := 0; from < len(f.slots); from += glance {
			some := views[:min(glance, len(f.slots)-from)]
			f.mu.Lock()
			for i := range some {
				some[i].Look(f.slots[from+i].phone, parts)
			}
			f.mu.Unlock()
			for i := range some {
				if !yield(&some[i]) {
					return
				}
			}
		}
	}
}

// Index is the number of a phone, which the fleet must have, in the order of
// adding. It takes no lock, so that choose may call it in Send.
func (f *Fleet) Index(device string) int {
	i, _ := f.find(device)
	return int(i)
}

// Phones are views of all phones, in the order of adding. Of a large fleet, range
// over All instead.
func (f *Fleet) Phones() []fleet.View { return fleet.Views(f) }

// Phone is a view of one phone, by its number in the order of adding.
func (f *Fleet) Phone(i int) fleet.View {
	f.mu.Lock()
	defer f.mu.Unlock()
	return fleet.ViewOf(f.slots[i].phone)
}

// States counts the phones in each state, and those that are off.
func (f *Fleet) States() fleet.States {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.states
}

// counted is how many phones are counted at a time while the simulation waits: some
// microseconds' work, and a few hundred turns for a million.
const counted = 4096

// StatesBy counts the phones in each state, in parts ([fleet.Fleet]).
func (f *Fleet) StatesBy(parts int, part func(i int) int) []fleet.States {
	states := make([]fleet.States, parts)
	for from := 0; from < len(f.slots); from += counted {
		contain.Holding(&f.mu, func() {
			for i := from; i < min(from+counted, len(f.slots)); i++ {
				states[part(i)][fleet.Place(f.slots[i].phone)]++
			}
		})
	}
	return states
}

// Tally is what the phones have done so far.
func (f *Fleet) Tally() *fleet.Tally { return &f.tally }

// Traffic is what the services have done so far.
func (f *Fleet) Traffic() cucm.Traffic {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.traffic
}

// Busy is how many phones are under way, and how many events wait for others.
func (f *Fleet) Busy() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.underWay + len(f.waiting)
}

// Settled reports whether no phone has anything left to do, but for keep-alives that are under
// way: while time passes some always may be.
func (f *Fleet) Settled() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.underWay == 0 && len(f.waiting) == 0 && !slices.ContainsFunc(f.queue.tasks, func(t task) bool {
		return !f.keepAlives.sent.Has(t.phone)
	})
}

// Slowest are the phones that boot for longest ([fleet.Fleet]), in scenario time.
func (f *Fleet) Slowest(most int) []fleet.Wait {
	return fleet.Slowest(most, func(yield func(fleet.Wait) bool) {
		for i := range f.slots {
			if w, waits := f.wait(&f.slots[i]); waits && !yield(w) {
				return
			}
		}
	})
}

func (f *Fleet) wait(s *slot) (fleet.Wait, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	booting := time.Duration(0)
	if s.begun != 0 {
		booting = time.Duration(f.now - s.begun + 1)
	}
	return fleet.WaitOf(s.phone, booting, s.waiting+s.pending > 0)
}

// Limits are those that the fleet keeps to, in scenario time.
func (f *Fleet) Limits() fleet.Limits {
	return fleet.Limits{Boots: f.config.Boots}.OrDefaults(DefaultBoots)
}

// BootTimes are those of all boots that have ended, in scenario time.
func (f *Fleet) BootTimes() fleet.BootTimes { return f.tally.BootTimes() }
