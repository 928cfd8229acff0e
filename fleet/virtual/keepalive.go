package virtual

import (
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

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
		r.due += int64(fleet.RenewAfter) / int64(len(f.slots))
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
	return !fleet.Registered(s.phone)
}
