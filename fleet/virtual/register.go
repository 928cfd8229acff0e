package virtual

import (
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// register has a phone reach a call manager, which takes its alarms and, where
// it is in the database, the registration.
func (f *Fleet) register(e event) {
	a, s := e.what.(phone.Register), &f.slots[e.phone]
	if !s.phone.On() || s.phone.Boots() != a.Boot {
		return // it booted again, or lost its power
	}
	place, n := f.at(a.Server)
	took, err := f.reach(e.phone, n, cucm.CallManagerService, fleet.SIPTimeout)
	if err == errLost {
		f.renew() // at another time it may succeed
	}
	alarms := 0
	if err == nil {
		for _, alarm := range a.Alarms {
			n.cluster.Alarm(alarm)
			alarms++
		}
		if n.cluster.Device(s.phone.Name()) == nil {
			err = errUnknown
		}
	}
	if err == nil {
		if home := f.home(s); home != nil && home.cluster != n.cluster {
			f.unregister(s)
		}
		n.Register(s.phone.Name(), fleet.Registered(s.phone))
		s.home = place + 1
	}
	f.answer(e.phone, e.at+int64(took), fleet.RegisterAnswer(a, alarms, err))
}

// home is the node whose CallManager has a phone; nil where none has.
func (f *Fleet) home(s *slot) *node {
	if s.home == 0 {
		return nil
	}
	return f.nodes[s.home-1]
}

// unregister has the cluster know at once that a phone is gone, which it would
// find by the keep-alives that do not come.
func (f *Fleet) unregister(s *slot) {
	if home := f.home(s); home != nil {
		home.cluster.Unregister(s.phone.Name(), cucm.DeviceUnregistered)
		s.home = 0
	}
}

// lapse does so where a phone reached no call manager.
func (f *Fleet) lapse(s *slot) {
	if !fleet.Registered(s.phone) {
		f.unregister(s)
	}
}

// forget ends the registrations of a node, whose CallManager service has
// stopped. Their phones do not know yet.
func (f *Fleet) forget(n *node) {
	n.ForgetPhones()
	for i := range f.slots {
		if f.home(&f.slots[i]) == n {
			f.slots[i].home = 0
		}
	}
}

// Registered reports whether a phone is on and registered.
func (f *Fleet) Registered(device string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ok := f.find(device)
	if !ok {
		return false
	}
	return fleet.Registered(f.slots[i].phone)
}
