package virtual

import (
	"net/netip"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/phone"
	"itlsim/sip"
)

// reachCallManager has a phone reach a call manager, and ask it. The phone may not
// learn what came of that.
func (f *Fleet) reachCallManager(t task, a phone.Register) {
	s := &f.slots[t.phone]
	if !s.phone.On() || s.phone.Boots() != a.Boot {
		return // it booted again, or lost its power
	}
	i, n := f.nodeAt(a.Server)
	flights := network.Opening
	if a.TLS != nil {
		flights += network.Handshake
	}
	took, err := f.exchange(t.phone, n, cucm.CallManagerService, flights, fleet.SIPTimeout)
	var alarms phone.AlarmSet
	if err == nil && a.TLS != nil {
		err = f.secure(t.phone, n, a.Server, a.TLS)
	}
	if err == nil {
		net := f.between(t.phone, n, cucm.CallManagerService)
		asks, answers := net.flights(&s.chance, 1), net.flights(&s.chance, 1)
		if asks <= fleet.SIPTimeout {
			alarms, err = f.register(t.phone, i, a)
		}
		if asks+answers > fleet.SIPTimeout {
			alarms, err = 0, errLost
		}
		took += min(asks+answers, fleet.SIPTimeout)
	}
	switch maybe, _ := f.between(t.phone, n, cucm.CallManagerService).loses(fleet.SIPTimeout); {
	case err == errLost || maybe: // at another time it may succeed, or fail
		f.repeatKeepAlive(t.phone, t.at)
	case err != nil:
		f.keepAlives.refused.Add(t.phone)
	}
	f.answer(t.phone, t.at+int64(took), a, fleet.RegisterAnswer(a, alarms, err))
}

// register has a node's call manager take a phone's alarms and, if the phone is in
// the database, the registration.
func (f *Fleet) register(p uint32, i uint8, a phone.Register) (alarms phone.AlarmSet, err error) {
	s, n, by := &f.slots[p], f.nodes[i], f.caller(p)
	for j, alarm := range a.Alarms {
		by.Alarm(n.cluster, alarm)
		alarms.Add(j)
	}
	profile, model := s.phone.Profile(), ""
	if profile.DeviceType != 0 { // else no REGISTER says it
		model = profile.Model
	}
	if !by.Admitted(n.Node, model, netip.Addr{}) {
		return alarms, &sip.RejectedError{Server: a.Server, Method: "REGISTER", Code: 404, Reason: "Not Found"}
	}
	if by.Secured(n.Node, a.TLS.Shown()) != nil {
		return alarms, &sip.RejectedError{Server: a.Server, Method: "REGISTER", Code: 403, Reason: "Forbidden"}
	}
	by.Register(n.Node, a.Cause == phone.NeverBooted)
	s.home = i + 1
	return alarms, nil
}

// secure is the handshake between a phone and a call manager, in which the phone
// judges first, as in TLS.
func (f *Fleet) secure(i uint32, n *node, server string, by *phone.Secured) error {
	failed := func(err error) error { return &sip.NoAnswerError{Server: server, During: "handshake", Err: err} }
	if !f.agree(i, n) {
		return failed(errOldTLS)
	}
	if err := by.Authenticate(n.Shown(cucm.CallManager).Certificate.Raw); err != nil {
		return failed(err)
	}
	switch lsc := by.Shown(); {
	case lsc == nil:
		return failed(errNoCertificate)
	case !n.cluster.IssuedLSC(lsc):
		return failed(errBadCertificate)
	}
	return nil
}

// home is the node where a phone is registered; nil where it is not.
func (f *Fleet) home(s *slot) *node {
	if s.home == 0 {
		return nil
	}
	return f.nodes[s.home-1]
}

// unregister has a phone tell its call manager that it goes, and returns how long it
// waits for the answer; that of a sound network takes no time. A call manager that
// asked for it knows already.
func (f *Fleet) unregister(i uint32, a phone.Unregister) (took time.Duration) {
	s := &f.slots[i]
	home := f.home(s)
	s.home = 0
	if home == nil || a.Asked {
		return 0
	}
	net := f.between(i, home, cucm.CallManagerService)
	reached := home.runs(cucm.CallManagerService) && f.reaches(i, home)
	if maybe, _ := net.loses(fleet.SIPTimeout); maybe {
		opens, asks, answers := net.flights(&s.chance, network.Opening), net.flights(&s.chance, 1), net.flights(&s.chance, 1)
		reached = reached && opens <= fleet.SIPTimeout && asks <= fleet.SIPTimeout
		took = min(opens, fleet.SIPTimeout)
		if opens <= fleet.SIPTimeout {
			took += min(asks+answers, fleet.SIPTimeout)
		}
	}
	if reached {
		f.caller(i).Unregister(home.Node, cucm.DeviceInitiatedReset)
	} else {
		f.caller(i).FallSilent(home.cluster)
	}
	return took
}

// fallSilent ends a phone's keep-alives. Nobody tells the cluster.
func (f *Fleet) fallSilent(i uint32) {
	s := &f.slots[i]
	if home := f.home(s); home != nil {
		f.caller(i).FallSilent(home.cluster)
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

// CallManager is where a phone of the fleet is registered ([fleet.Fleet]).
func (f *Fleet) CallManager(device string) (server string, ours bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ours := f.find(device)
	if ours {
		server, _ = f.slots[i].phone.RegisteredWith()
	}
	return server, ours
}
