package virtual

import (
	"cmp"
	"errors"
	"net"
	"net/url"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// register has a phone reach a call manager, which takes its alarms and, where
// it is in the database, the registration. Registrations do not lapse: keep-
// alives in a simulation in which all answers hold would cost events alone.
func (f *Fleet) register(e event) {
	a, s := e.what.(phone.Register), &f.slots[e.phone]
	if !s.phone.On() || s.phone.Boots() != a.Boot {
		return // it booted again, or lost its power
	}
	_, n := f.at(a.Server)
	took, err := f.reach(e.phone, n, cucm.CallManagerService, fleet.DefaultLimits.SIPTimeout)
	sent := 0
	if err == nil {
		for _, alarm := range a.Alarms {
			n.cluster.Alarm(alarm)
			sent++
		}
		f.tally.Alarms.Add(uint64(sent))
		if n.cluster.Device(s.phone.Name()) == nil {
			err = errUnknown
		}
	}
	answer := event{at: e.at + int64(took), phone: e.phone, kind: deliver}
	if err != nil {
		f.tally.RegistrationsFailed.Add(1)
		answer.what = phone.NotRegistered{Seq: a.Seq, Alarms: sent, Err: err}
	} else {
		if s.home != nil && s.home.cluster != n.cluster {
			f.unregister(s)
		}
		n.Register(s.phone.Name(), false)
		s.home = n
		f.tally.Registrations.Add(1)
		answer.what = phone.Registered{Seq: a.Seq, Alarms: sent}
	}
	f.queue.push(answer)
}

// unregister has the cluster know at once that a phone is gone, which it would
// find by the keep-alives that do not come.
func (f *Fleet) unregister(s *slot) {
	if s.home != nil {
		s.home.cluster.Unregister(s.phone.Name())
		s.home = nil
	}
}

// Registered reports whether a phone is on and registered.
func (f *Fleet) Registered(device string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ok := f.byName[device]
	if !ok {
		return false
	}
	server, _ := f.slots[i].phone.RegisteredWith()
	return server != ""
}

// open has a phone reach an HTTPS service, as far as its certificate, or read
// the page.
func (f *Fleet) open(e event) {
	var seq uint32
	var address string
	a, opens := e.what.(phone.OpenService)
	if opens {
		seq, address = a.Seq, a.URL
	} else {
		r := e.what.(phone.ReadService)
		seq, address = r.Seq, r.URL
	}
	var n *node
	if u, err := url.Parse(address); err == nil {
		_, n = f.at(net.JoinHostPort(u.Hostname(), cmp.Or(u.Port(), "443")))
	}
	took, err := f.reach(e.phone, n, cucm.TomcatService, fleet.DefaultLimits.HTTPTimeout)
	answer := event{at: e.at + int64(took), phone: e.phone, kind: deliver}
	switch {
	case err != nil:
		answer.what = phone.ServiceFailed{Seq: seq, Err: err}
	case opens:
		answer.what = phone.ServiceShown{Seq: seq, Certificate: n.Shown(cucm.Tomcat).Certificate.Raw}
	default:
		answer.what = phone.ServiceRead{Seq: seq} // the phone shows that there is a page, not what is in it
	}
	f.queue.push(answer)
}

var (
	errRefused = errors.New("connection refused")
	errUnknown = errors.New("404 Not Found")
)
