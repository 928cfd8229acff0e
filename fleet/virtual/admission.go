package virtual

import (
	"context"
	"slices"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/sip"
)

// At most [Config.Boots] phones are under way at a time. The events of all others
// wait in one line, even those that begin no boot: a million events in the queue
// at once would take too much memory.

// waitingEvent is an event for a phone that is not under way yet.
type waitingEvent struct {
	phone uint32
	event phone.Event
}

// Send gives an event to all phones that choose picks (all if it is nil). It does
// not wait for what follows.
func (f *Fleet) Send(ev phone.Event, choose func(*phone.Phone) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if choose == nil {
		f.waiting = slices.Grow(f.waiting, len(f.slots))
	}
	for i := range f.slots {
		if choose == nil || choose(f.slots[i].phone) {
			f.send(uint32(i), ev)
		}
	}
	f.admit(f.now)
}

// Reset resets phones, as a cluster asks ([cucm.Network]), those that the NOTIFY
// reaches. The cluster learns what came of it by the answer.
func (f *Fleet) Reset(registered []cucm.RegisteredPhone, action sip.Action, told func(i int, err error)) {
	f.mu.Lock()
	phones := make([]uint32, 0, len(registered))
	came := make([]error, len(registered))
	for k, p := range registered {
		i := uint32(p.Number)
		if p.Number >= len(f.slots) || f.slots[i].phone.Name() != p.Device {
			var ok bool
			if i, ok = f.find(p.Device); !ok {
				continue
			}
		}
		var reached bool
		if reached, came[k] = f.notify(i, p.Node); reached {
			phones = append(phones, i)
		}
	}
	f.mu.Unlock()
	for k, err := range came {
		told(k, err) // before anything happens, since the phones register again
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	slices.Sort(phones) // in an order that does not depend on the cluster's
	f.waiting = slices.Grow(f.waiting, len(phones))
	reset := fleet.ControlEvent(sip.ServiceControl{Action: action})
	for _, i := range phones {
		f.send(i, reset)
	}
	f.admit(f.now)
}

// notify draws whether a node's NOTIFY reaches a phone that is registered, over a
// connection that is there, and whether the answer comes in time.
func (f *Fleet) notify(i uint32, cn *cucm.Node) (reached bool, err error) {
	s, net := &f.slots[i], f.between(i, f.node(cn), cucm.CallManagerService)
	if !fleet.Registered(s.phone) {
		s.home = 0 // by what it knows it is not, and listens to nobody
		return false, &sip.NoAnswerError{Server: s.phone.Name(), During: "connecting", Err: errRefused}
	}
	reached = f.reaches(i, f.node(cn))
	answered := reached
	if maybe, _ := net.loses(sip.DefaultTimeout); maybe {
		asks, answers := net.flights(&s.chance, 1), net.flights(&s.chance, 1)
		reached = reached && asks <= sip.DefaultTimeout
		answered = reached && asks+answers <= sip.DefaultTimeout
	}
	if !answered {
		s.home = 0 // the cluster no longer counts it as registered
		f.startKeepAlive(i, f.now)
		err = &sip.NoAnswerError{Server: s.phone.Name(), During: "NOTIFY", Err: context.DeadlineExceeded}
	}
	return reached, err
}

// send gives an event to a phone that is under way, or has it wait.
func (f *Fleet) send(i uint32, ev phone.Event) {
	s := &f.slots[i]
	f.keepAlives.sent.Remove(i)
	if !s.awaits && fleet.Awaited(s.phone, ev) {
		s.awaits = true
		f.changed(i)
	}
	if s.waiting == 0 && s.underWay {
		f.schedule(i, ev, f.now)
		return
	}
	s.waiting++
	f.waiting = append(f.waiting, waitingEvent{i, ev})
}

// admit lets waiting events go ahead while few enough phones are under way.
func (f *Fleet) admit(at int64) {
	n := 0
	for ; n < len(f.waiting) && f.underWay < f.config.Boots; n++ {
		w := f.waiting[n]
		s := &f.slots[w.phone]
		s.waiting--
		if !s.underWay {
			s.underWay = true
			f.underWay++
		}
		f.schedule(w.phone, w.event, at)
	}
	if f.waiting = f.waiting[n:]; len(f.waiting) == 0 {
		f.waiting = nil
	}
}

// release lets another phone go ahead if this one has nothing more to do.
func (f *Fleet) release(s *slot, at int64) {
	if s.underWay && s.begun == 0 && s.pending == 0 {
		s.underWay = false
		f.underWay--
		f.admit(at)
	}
}

// schedule has an event from outside reach a phone, after those before it.
func (f *Fleet) schedule(i uint32, ev phone.Event, at int64) {
	s := &f.slots[i]
	if fleet.BeginsBoot(ev) {
		at += int64(s.chance.UpTo(f.config.Network.Spread))
	}
	at = max(at, s.last+1)
	s.last = at
	s.pending++
	f.queue.push(task{at: at, phone: i, op: reachPhone, what: ev})
}
