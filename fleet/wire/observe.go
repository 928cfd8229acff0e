package wire

import "itlsim/fleet"

// changed tells the observer. The slot must be locked.
func (f *Fleet) changed(s *slot) {
	if o := f.config.Observer; o != nil {
		o.Changed(s.index, fleet.Condition{On: s.phone.On(), Booting: !s.begun.IsZero(), State: s.phone.State()})
	}
}
