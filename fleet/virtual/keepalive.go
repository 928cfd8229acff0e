package virtual

import (
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// keepAlives are the phones' regular registrations, which come evenly, one phone
// after the other. Only those become events that would change something, so they
// are looked at only after call managers or the network have changed, until each
// phone has had one. Settle does not wait for them.
type keepAlives struct {
	left int    // phones that have not had theirs
	next uint32 // the next phone
	due  int64  // when it is due
	// again: one was lost, so that all are to come again when time passes. Settle would
	// never end if they came meanwhile, as long as some are lost.
	again bool
	// refused: one was in vain, so that all are to come again, once with each wait: by then
	// the phone may have an LSC, or the call manager another certificate.
	refused bool
}

// startKeepAlives lets every phone's next keep-alive come.
func (f *Fleet) startKeepAlives() {
	if f.keepAlives.left == 0 {
		f.keepAlives.due = f.now
	}
	f.keepAlives.left = len(f.slots)
}

// repeatKeepAlives lets them come again where one was lost.
func (f *Fleet) repeatKeepAlives() {
	if f.keepAlives.again {
		f.keepAlives.again = false
		f.startKeepAlives()
	}
}

// retryKeepAlives lets them come again where one was refused.
func (f *Fleet) retryKeepAlives() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.keepAlives.refused {
		f.keepAlives.refused = false
		f.startKeepAlives()
	}
}

// sendKeepAlives has phones register again whose keep-alive comes before until
// and before the next task.
func (f *Fleet) sendKeepAlives(until int64) {
	k := &f.keepAlives
	for k.left > 0 && k.due < until && (f.queue.empty() || k.due <= f.queue.next().at) {
		f.now = max(f.now, k.due)
		i := k.next % uint32(len(f.slots))
		k.left--
		k.next = i + 1
		k.due += int64(fleet.RenewAfter) / int64(len(f.slots))
		if !f.stays(i) {
			f.send(i, phone.KeepAlive{})
			f.admit(f.now)
		}
	}
}

// stays reports whether a keep-alive would change nothing: the phone is
// registered with the first call manager that it can reach, or can reach none and
// is not registered.
func (f *Fleet) stays(i uint32) bool {
	s := &f.slots[i]
	config := s.phone.Flash().Config
	if !s.phone.On() || config == nil {
		return true
	}
	for _, server := range config.CallManagers {
		_, n := f.nodeAt(server)
		if n == nil || !n.runs(cucm.CallManagerService) || !f.reaches(i, n) {
			continue
		}
		maybe, surely := f.between(i, n, cucm.CallManagerService).loses(fleet.SIPTimeout)
		if !surely {
			by := s.phone.Secured()
			return !maybe && n == f.home(s) && (by == nil || f.secure(i, n, server, by) == nil)
		}
	}
	return !fleet.Registered(s.phone)
}
