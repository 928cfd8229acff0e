package virtual

import (
	"math"
	"sort"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/internal/bitset"
	"itlsim/phone"
)

// keepAlives are the phones' regular registrations. Each phone's come [fleet.RenewAfter] after
// one another, those of all phones evenly, in their order: when is a function of a phone's number
// among all alone ([Config.Total]), whatever the others do. Only those become events that would
// change something: each phone has one after call managers or the network have changed, and
// others where the last one was in vain or may be so. Settle does not wait for them.
type keepAlives struct {
	to   bitset.Set // whose keep-alive is to come
	next uint32     // the first of them
	due  int64      // when it comes
	held int64      // none comes before
	// passing: time passes, and lost ones come again meanwhile. Settle would never end if they
	// did, as long as some are lost.
	passing bool
	lost    bitset.Set // whose keep-alive was lost, or the next may be
	// refused are those whose was refused, which come again once with each wait: by then
	// the phone may have an LSC, or the call manager another certificate.
	refused bitset.Set
	sent    bitset.Set // who got a keep-alive last of all that comes from outside
}

// renewal is when a phone's first keep-alive comes that is not before a time.
func (f *Fleet) renewal(i uint32, from int64) int64 {
	const every = int64(fleet.RenewAfter)
	total := int64(max(f.config.Total, f.config.First+len(f.slots)))
	number := int64(f.config.First) + int64(i)
	at := every/total*number + every%total*number/total // every*number may have no room
	if from > at {
		at += (from - at + every - 1) / every * every
	}
	return at
}

// startKeepAlives lets every phone's next keep-alive come.
func (f *Fleet) startKeepAlives() {
	k := &f.keepAlives
	overdue := k.to.Len() > 0 && k.due < f.now
	if k.to.Fill(len(f.slots)); overdue || len(f.slots) == 0 {
		return
	}
	// Phones' keep-alives come in the order of phones, beginning with one of them.
	first := f.renewal(0, f.now)
	k.next = uint32(sort.Search(len(f.slots), func(i int) bool { return f.renewal(uint32(i), f.now) < first }))
	if int(k.next) == len(f.slots) {
		k.next = 0
	}
	k.due = f.renewal(k.next, f.now)
}

// startKeepAlive lets a phone's first keep-alive come that is not before a time.
func (f *Fleet) startKeepAlive(i uint32, from int64) {
	k, due := &f.keepAlives, f.renewal(i, from)
	if k.to.Len() == 0 || due < k.due {
		k.next, k.due = i, due
	}
	k.to.Add(i)
}

// repeatKeepAlive lets a phone's come again as time passes.
func (f *Fleet) repeatKeepAlive(i uint32, from int64) {
	if f.keepAlives.passing {
		f.startKeepAlive(i, from)
	} else {
		f.keepAlives.lost.Add(i)
	}
}

// passKeepAlives lets those come again that were lost or refused: time begins to pass.
func (f *Fleet) passKeepAlives() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, in := range []*bitset.Set{&f.keepAlives.lost, &f.keepAlives.refused} {
		for i := range in.Take {
			f.startKeepAlive(i, f.now)
		}
	}
}

// HoldKeepAlives lets none come for so long; those that are due meanwhile come then. So what a
// phone does that boots, and what its keep-alives lead to, does not depend on how long it boots.
func (f *Fleet) HoldKeepAlives(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.keepAlives.held = f.now + int64(d)
}

// nextKeepAlive is when the next one comes.
func (k *keepAlives) nextKeepAlive() int64 {
	if k.to.Len() == 0 {
		return math.MaxInt64
	}
	return max(k.due, k.held)
}

// sendKeepAlives has phones register again whose keep-alive comes before until
// and before the next task.
func (f *Fleet) sendKeepAlives(until int64) {
	k := &f.keepAlives
	for {
		at := k.nextKeepAlive()
		if at >= until || !f.queue.empty() && at > f.queue.next().at {
			return
		}
		f.now = max(f.now, at)
		i := k.next
		if k.to.Remove(i); k.to.Len() > 0 {
			k.next = k.to.From(i)
			k.due = f.renewal(k.next, k.due)
		}
		if !f.stays(i) {
			f.send(i, phone.KeepAlive{})
			k.sent.Add(i)
			f.admit(f.now)
		}
	}
}

// clone is a set of its own.
func (k keepAlives) clone() keepAlives {
	for _, s := range []*bitset.Set{&k.to, &k.lost, &k.refused, &k.sent} {
		*s = s.Clone()
	}
	return k
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
