package virtual

import (
	"cmp"
	"errors"
	"net"
	"net/url"
	"time"

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
	took, err := f.reach(e.phone, n, cucm.CallManagerService, fleet.DefaultLimits.SIPTimeout)
	if err == errLost {
		f.renew() // at another time it may succeed
	}
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
		if home := f.home(s); home != nil && home.cluster != n.cluster {
			f.unregister(s)
		}
		before, _ := s.phone.RegisteredWith()
		n.Register(s.phone.Name(), before != "")
		s.home = place + 1
		f.tally.Registrations.Add(1)
		answer.what = phone.Registered{Seq: a.Seq, Alarms: sent}
	}
	f.queue.push(answer)
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
		home.cluster.Unregister(s.phone.Name())
		s.home = 0
	}
}

// lapse does so where a phone reached no call manager.
func (f *Fleet) lapse(s *slot) {
	if server, _ := s.phone.RegisteredWith(); server == "" {
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

// renewAfter is how often a phone registers again (see fleet/wire/register.go).
const renewAfter = 115 * time.Second

// A renewal is the keep-alives of all phones, which come evenly and in turn. Only
// those are events that would change something, so that there are some only
// after call managers or the network have changed, for as long as it takes until
// each phone had one. They are nothing that Settle waits for.
type renewal struct {
	left int    // phones that have not had theirs
	turn uint32 // whose is next
	due  int64  // when
}

// renew lets every phone's next keep-alive come.
func (f *Fleet) renew() {
	if f.renewal.left == 0 {
		f.renewal.due = f.now
	}
	f.renewal.left = len(f.slots)
}

// keepAlive has phones register again whose keep-alive comes before the next
// event does, and before until.
func (f *Fleet) keepAlive(until int64) {
	r := &f.renewal
	for r.left > 0 && r.due < until && (len(f.queue.events) == 0 || r.due <= f.queue.events[0].at) {
		f.now = max(f.now, r.due)
		i := r.turn % uint32(len(f.slots))
		r.left--
		r.turn = i + 1
		r.due += int64(renewAfter) / int64(len(f.slots))
		if !f.stays(i) {
			f.send(i, phone.KeepAlive{})
			f.admit(f.now)
		}
	}
}

// stays reports whether a keep-alive would change nothing: the phone is
// registered with the first call manager that it can reach, or there is none.
func (f *Fleet) stays(i uint32) bool {
	s := &f.slots[i]
	config := s.phone.Flash().Config
	if !s.phone.On() || config == nil {
		return true
	}
	for _, server := range config.CallManagers {
		if _, n := f.at(server); n != nil && n.up[cucm.CallManagerService] && f.reaches(i, n) {
			return n == f.home(s)
		}
	}
	server, _ := s.phone.RegisteredWith()
	return server == ""
}

// Registered reports whether a phone is on and registered.
func (f *Fleet) Registered(device string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ok := f.find(device)
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
