package wire

import (
	"time"

	"itlsim/fleet"
	"itlsim/phone"
	"itlsim/sip"
)

// work drives one phone after the other.
func (f *Fleet) work() {
	for s := f.take(); s != nil; s = f.take() {
		f.drive(s)
	}
}

// take waits for a phone that has something to do; nil ends the worker.
func (f *Fleet) take() *slot {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.queue) == 0 && f.ctx.Err() == nil {
		f.waiting.Wait()
	}
	if f.ctx.Err() != nil {
		return nil
	}
	s := f.queue[0]
	f.queue = f.queue[1:]
	return s
}

// drive carries a phone's actions out until it wants nothing more.
func (f *Fleet) drive(s *slot) {
	for ev := f.next(s); ev != nil; ev = f.next(s) {
		for _, a := range f.step(s, ev) {
			if answer := f.carryOut(s, a); answer != nil {
				f.tally.Answered(a, answer)
				f.mu.Lock()
				s.answer = answer
				f.mu.Unlock()
			}
		}
		if s.answer == nil {
			// The phone wants nothing more of a service. This comes before next, after
			// which another worker may have the phone.
			s.hangUp()
		}
	}
}

// next is the phone's next event, which [Fleet.step] takes out of what it has yet to do, or
// nil, which lets other workers have the phone.
// Events from outside come before the answer to the phone's last action: after a
// reset the phone itself ignores that answer, otherwise its boot goes on.
func (f *Fleet) next(s *slot) phone.Event {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ctx.Err() == nil {
		if len(s.pending) > 0 {
			return s.pending[0]
		}
		if s.answer != nil {
			return s.answer
		}
	}
	s.queued = false
	f.idle()
	return nil
}

// idle is that something busy is over. The caller holds the lock.
func (f *Fleet) idle() {
	if f.busy--; f.busy == 0 {
		f.settled.Broadcast()
	}
}

// step gives an event to the phone, and notes whether that began a boot, or cut
// one short.
func (f *Fleet) step(s *slot, ev phone.Event) []phone.Action {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.phone.Boots()
	actions := s.phone.Step(f.config.Clock.Now(), ev)
	f.stepped(s, ev)
	boots := s.phone.Boots() != before
	if !s.begun.IsZero() && (boots || !s.phone.On()) {
		f.tally.CutShort.Add(1)
		s.begun = time.Time{}
	}
	if boots {
		s.begun = time.Now()
	}
	arrived := s.awaits && fleet.BeginsBoot(ev)
	if arrived {
		s.awaits = false
	}
	if boots || arrived || !s.phone.On() {
		f.changed(s)
	}
	return actions
}

// stepped takes the next event out of what a phone has yet to do. The caller has its lock, so
// that nobody sees the phone and the event apart.
func (f *Fleet) stepped(s *slot, ev phone.Event) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if phone.IsAnswer(ev) {
		s.answer = nil
	} else {
		s.pending = s.pending[1:]
	}
}

// carryOut does one action and returns the answer to it, if it wants one.
func (f *Fleet) carryOut(s *slot, a phone.Action) phone.Event {
	switch a := a.(type) {
	case phone.Fetch:
		return f.fetch(s, a)
	case phone.AskTVS:
		return f.ask(s, a)
	case phone.Register:
		return f.register(s, a)
	case phone.Unregister:
		if a.Asked && f.config.OwnClusters {
			return nil
		}
		f.unregister(s, a.Server, a.Boot, a.TLS, func(c *call) sip.Request {
			return c.me.Unregister(c.host, a.Seq, f.config.Clock.Now(), a.Cause.Reason())
		})
	case phone.StandBy:
		f.unregister(s, a.Server, a.Boot, a.TLS, func(c *call) sip.Request {
			return c.me.StandBy(c.host, a.Seq, f.config.Clock.Now())
		})
	case phone.OpenService:
		return f.openService(s, a)
	case phone.ReadService:
		return f.readService(s, a)
	case phone.Verdict:
		f.judged(s, a)
	case phone.Booted:
		f.booted(s)
	}
	return nil
}

// judged tells what became of a file.
func (f *Fleet) judged(s *slot, v phone.Verdict) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f.tally.Judged(v)
	if o := f.config.Observer; o != nil {
		o.Judged(s.index, v)
	}
}

// booted ends a boot.
func (f *Fleet) booted(s *slot) {
	s.mu.Lock()
	took := time.Since(s.begun)
	s.begun = time.Time{}
	f.changed(s)
	s.mu.Unlock()
	f.tally.Booted(took)
}
