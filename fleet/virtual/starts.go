package virtual

import (
	"slices"

	"itlsim/cucm"
	"itlsim/phone"
)

// start is an event that may begin a boot.
type start struct {
	phone uint32
	event phone.Event
}

// Send gives an event to all phones that choose picks (all, where it is nil).
// It does not wait for what follows.
func (f *Fleet) Send(ev phone.Event, choose func(*phone.Phone) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.slots {
		if choose == nil || choose(f.slots[i].phone) {
			f.send(uint32(i), ev)
		}
	}
	f.admit(f.now)
}

// Reset boots phones anew, as a cluster asks ([cucm.Network]). Phones that no
// node reaches miss it, which the cluster does not learn.
func (f *Fleet) Reset(registered []cucm.RegisteredPhone, told func(i int, err error)) {
	for i := range registered {
		told(i, nil) // before anything happens: a phone registers anew
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	phones := make([]uint32, 0, len(registered))
	for _, p := range registered {
		switch i, ok := f.find(p.Device); {
		case !ok:
		case f.reachesAny(i):
			phones = append(phones, i)
		default:
			f.slots[i].home = 0 // the cluster has let go of it
		}
	}
	slices.Sort(phones) // the cluster's order is its own
	for _, i := range phones {
		f.send(i, phone.Reset{})
	}
	f.admit(f.now)
}

// send has an event wait for a place, or reach a phone that has one. Even what
// begins no boot waits: a million events at once would have no room.
func (f *Fleet) send(i uint32, ev phone.Event) {
	s := &f.slots[i]
	if s.queued == 0 && s.admitted {
		f.schedule(i, ev, f.now)
		return
	}
	s.queued++
	f.starts = append(f.starts, start{i, ev})
}

func begins(ev phone.Event) bool {
	switch ev.(type) {
	case phone.PowerOn, phone.Reset, phone.EraseLists, phone.FactoryReset, phone.AlternateTFTP:
		return true
	}
	return false
}

// schedule has an event from outside reach a phone, after those before it.
func (f *Fleet) schedule(i uint32, ev phone.Event, at int64) {
	s := &f.slots[i]
	if begins(ev) {
		at += int64(s.chance.upTo(f.config.Network.Spread))
	}
	at = max(at, s.last+1)
	s.last = at
	s.pending++
	f.queue.push(event{at: at, phone: i, kind: deliver, what: ev})
}

// admit lets starts go ahead while there are places.
func (f *Fleet) admit(at int64) {
	n := 0
	for ; n < len(f.starts) && f.busy < f.config.Boots; n++ {
		st := f.starts[n]
		s := &f.slots[st.phone]
		s.queued--
		if !s.admitted {
			s.admitted = true
			f.busy++
		}
		f.schedule(st.phone, st.event, at)
	}
	if f.starts = f.starts[n:]; len(f.starts) == 0 {
		f.starts = nil
	}
}

// release gives a phone's place to the next when it has nothing more to do.
func (f *Fleet) release(s *slot, at int64) {
	if s.admitted && s.begun == 0 && s.pending == 0 {
		s.admitted = false
		f.busy--
		f.admit(at)
	}
}
