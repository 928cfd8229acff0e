package virtual

import (
	"iter"
	"slices"

	"itlsim/cucm"
	"itlsim/fleet"
)

// All gives a view of every phone, in the order they were added, one at a time:
// a million at once would have no room.
func (f *Fleet) All() iter.Seq[fleet.View] {
	return func(yield func(fleet.View) bool) {
		for i := range f.slots {
			if !yield(f.Phone(i)) {
				return
			}
		}
	}
}

// Index is the place of a phone, which the fleet must have, in the order of
// adding. It is for who chooses phones in Send, while the fleet is locked.
func (f *Fleet) Index(device string) int {
	i, _ := f.find(device)
	return int(i)
}

// Phones gives a view of every phone, in the order they were added. For a large
// fleet see All.
func (f *Fleet) Phones() []fleet.View { return slices.Collect(f.All()) }

// Phone gives a view of one phone, by its place in the order of adding.
func (f *Fleet) Phone(i int) fleet.View {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.view(i)
}

func (f *Fleet) view(i int) fleet.View {
	s := &f.slots[i]
	v := fleet.ViewOf(s.phone)
	v.ListBy, v.ConfigBy = s.listBy, s.configBy
	if r := s.refused; r != nil {
		v.Refusal, v.ListRefusal = own(r.last, v.Name), own(r.list, v.Name)
	}
	return v
}

// States counts the phones in each state, by phone.State.
func (f *Fleet) States() [4]int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.states
}

// Tally is what the phones did so far.
func (f *Fleet) Tally() *fleet.Tally { return &f.tally }

// Traffic is what the services did so far.
func (f *Fleet) Traffic() cucm.Traffic {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.traffic
}

// Busy tells how many phones are under way or waiting.
func (f *Fleet) Busy() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.busy + len(f.starts)
}

// Limits are those that the fleet keeps to, in scenario time.
func (f *Fleet) Limits() fleet.Limits {
	return fleet.Limits{Boots: f.config.Boots}.OrDefaults(DefaultBoots)
}

// BootTimes are those of all boots that have ended, in scenario time.
func (f *Fleet) BootTimes() fleet.BootTimes { return f.tally.BootTimes() }
