package fleet

import (
	"time"

	"itlsim/phone"
)

// A View is one phone as it is just now.
type View struct {
	Name    string
	On      bool
	State   phone.State
	Profile *phone.Profile
	Flash   phone.Flash
	Status  []phone.StatusLine
	// Of the last boot: what authenticated its list and configuration, and the
	// last refusal, nil where nothing was refused.
	ListBy, ConfigBy phone.TrustPoint
	Refusal          *phone.Refusal
}

// Phones gives a view of every phone, in the order they were added.
func (f *Fleet) Phones() []View {
	slots := f.all()
	views := make([]View, len(slots))
	for i, s := range slots {
		s.mu.Lock()
		views[i] = View{s.phone.Name(), s.phone.On(), s.phone.State(), s.phone.Profile(), s.phone.Flash(), s.phone.Status(), s.listBy, s.configBy, s.refusal}
		s.mu.Unlock()
	}
	return views
}

// States counts the phones in each state, by phone.State.
func (f *Fleet) States() (states [4]int) {
	for _, s := range f.all() {
		s.mu.Lock()
		states[s.phone.State()]++
		s.mu.Unlock()
	}
	return states
}

// Busy tells how many phones have something left to do.
func (f *Fleet) Busy() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.busy
}

// Tally is what the phones did so far.
func (f *Fleet) Tally() *Tally { return &f.tally }

// Limits are those that the fleet keeps to.
func (f *Fleet) Limits() Limits { return f.config.Limits }

// BootTimes are quantiles of the boots' durations, from the first request to
// the registration, without the wait for a place.
type BootTimes struct{ P50, P90, P99, Max time.Duration }

// BootTimes tells them for all boots that ended.
func (f *Fleet) BootTimes() BootTimes {
	f.times.Lock()
	defer f.times.Unlock()
	at := func(q float64) time.Duration {
		return time.Duration(f.times.boots.ValueAtQuantile(q)) * time.Microsecond
	}
	return BootTimes{at(50), at(90), at(99), time.Duration(f.times.boots.Max()) * time.Microsecond}
}
