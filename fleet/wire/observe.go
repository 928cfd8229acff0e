package wire

import (
	"itlsim/fleet"
	"itlsim/phone"
)

// changed tells the observer. The slot must be locked.
func (f *Fleet) changed(s *slot) {
	if o := f.config.Observer; o != nil {
		o.Changed(s.index, fleet.Condition{
			On: s.phone.On(), Booting: !s.begun.IsZero(), Waiting: s.awaits, State: s.phone.State(),
		})
	}
}

// announce tells the observer of an event on its way.
func (f *Fleet) announce(s *slot, ev phone.Event) {
	if f.config.Observer == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.awaits && fleet.Awaited(s.phone, ev) {
		s.awaits = true
		f.changed(s)
	}
}
