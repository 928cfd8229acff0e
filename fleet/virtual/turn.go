package virtual

import (
	"time"

	"itlsim/fleet"
	"itlsim/phone"
)

// A Step is what one event did to one phone. It is valid during the call.
type Step struct {
	Index   int // of the phone, from 0
	Phone   *phone.Phone
	At      time.Time
	Event   phone.Event
	Before  phone.Flash
	Was     phone.State
	Actions []phone.Action
}

// carryOut does what a phone wants.
func (f *Fleet) carryOut(t *turn) {
	s := &f.slots[t.phone]
	if now := s.phone.State(); now != t.was {
		f.states[t.was]--
		f.states[now]++
	}
	outside := !isAnswer(t.event)
	if outside {
		s.pending--
		f.began(s, t)
	}
	net := &f.config.Network
	// What the phone did before it asks for something takes its time.
	spent := net.Think
	for _, action := range t.actions {
		switch a := action.(type) {
		case phone.Fetch:
			f.fetch(t, action, t.at+int64(spent))
		case phone.AskTVS:
			f.queue.push(event{at: t.at + int64(net.Attach), phone: t.phone, kind: ask, what: action})
		case phone.Register:
			join := net.Join
			if s.begun == 0 { // a keep-alive
				join = net.Think
			}
			f.queue.push(event{at: t.at + int64(join), phone: t.phone, kind: registrar, what: action})
		case phone.OpenService, phone.ReadService:
			f.queue.push(event{at: t.at + int64(net.Think), phone: t.phone, kind: directory, what: action})
		case phone.Verdict:
			if a.Refusal == nil {
				spent = net.Update
			}
			f.verdict(s, a)
			if o := f.config.Observer; o != nil {
				o.Judged(int(t.phone), a)
			}
		case phone.Booted:
			f.booted(s, t)
		}
	}
	if f.config.Watch != nil {
		f.config.Watch(&Step{int(t.phone), s.phone, epoch.Add(time.Duration(t.at)), t.event, t.before, t.was, t.actions})
	}
	if _, no := t.event.(phone.NotRegistered); no {
		f.lapse(s)
	}
	if outside {
		f.release(s, max(t.at, f.end))
	}
}

// isAnswer reports whether an event is one that a phone asked for.
func isAnswer(ev phone.Event) bool {
	switch ev.(type) {
	case phone.FileReceived, phone.FileNotFound, phone.FileTooLarge, phone.NoAnswer, phone.TVSAnswered, phone.TVSStrange, phone.TVSSilent,
		phone.Registered, phone.NotRegistered, phone.ServiceShown, phone.ServiceRead, phone.ServiceFailed:
		return true
	}
	return false
}

// began notes what an event from outside did: a boot begins, or ends.
func (f *Fleet) began(s *slot, t *turn) {
	_, off := t.event.(phone.PowerOff)
	boots := s.phone.Boots() != t.boots
	if !off && !boots {
		return
	}
	if s.begun != 0 {
		f.tally.CutShort.Add(1)
	}
	s.begun = 0
	if off {
		f.unregister(s)
	} else {
		s.begun, s.refused, s.listBy, s.configBy = t.at+1, nil, phone.ByNothing, phone.ByNothing
	}
	f.changed(s, t)
}

// changed tells the observer.
func (f *Fleet) changed(s *slot, t *turn) {
	if o := f.config.Observer; o != nil {
		o.Changed(int(t.phone), fleet.Condition{On: s.phone.On(), Booting: s.begun != 0, State: s.phone.State()})
	}
}

// booted ends a boot, which the registration is part of.
func (f *Fleet) booted(s *slot, t *turn) {
	took := time.Duration(t.at - s.begun + 1)
	s.begun = 0
	f.changed(s, t)
	f.tally.Booted(took)
	f.release(s, max(t.at, f.end))
}
