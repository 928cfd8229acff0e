package virtual

import (
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/phone"
)

// reachCallManager has a phone reach a call manager, and ask it. The phone may not
// learn what came of that.
func (f *Fleet) reachCallManager(t task, a phone.Register) {
	s := &f.slots[t.phone]
	if !s.phone.On() || s.phone.Boots() != a.Boot {
		return // it booted again, or lost its power
	}
	i, n := f.nodeAt(a.Server)
	took, err := f.exchange(t.phone, n, cucm.CallManagerService, network.Opening, fleet.SIPTimeout)
	alarms := 0
	if err == nil {
		asks, answers := f.config.Network.flights(&s.chance, 1), f.config.Network.flights(&s.chance, 1)
		if asks <= fleet.SIPTimeout {
			alarms, err = f.register(s, i, a)
		}
		if asks+answers > fleet.SIPTimeout {
			alarms, err = 0, errLost
		}
		took += min(asks+answers, fleet.SIPTimeout)
	}
	if err == errLost {
		f.startKeepAlives() // at another time it may succeed
	}
	f.answer(t.phone, t.at+int64(took), fleet.RegisterAnswer(a, alarms, err))
}

// register has a node's call manager take a phone's alarms and, if the phone is in
// the database, the registration.
func (f *Fleet) register(s *slot, i uint8, a phone.Register) (alarms int, err error) {
	n := f.nodes[i]
	for _, alarm := range a.Alarms {
		n.cluster.Alarm(alarm)
	}
	if !n.Admits(s.phone.Name()) {
		return len(a.Alarms), errUnknown
	}
	if home := f.home(s); home != nil && home.cluster != n.cluster {
		f.unregister(s)
	}
	n.Register(s.phone.Name(), fleet.Registered(s.phone))
	s.home = i + 1
	return len(a.Alarms), nil
}

// home is the node where a phone is registered; nil where it is not.
func (f *Fleet) home(s *slot) *node {
	if s.home == 0 {
		return nil
	}
	return f.nodes[s.home-1]
}

// unregister has the cluster know at once that a phone is gone. On the wire it
// would notice missing keep-alives.
func (f *Fleet) unregister(s *slot) {
	if home := f.home(s); home != nil {
		home.cluster.Unregister(s.phone.Name(), cucm.DeviceUnregistered)
		s.home = 0
	}
}

// forgetPhones ends the registrations of a node whose CallManager service has
// stopped. The phones do not know yet.
func (f *Fleet) forgetPhones(n *node) {
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
	return ok && fleet.Registered(f.slots[i].phone)
}
