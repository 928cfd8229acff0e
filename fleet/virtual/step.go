package virtual

import (
	"time"

	"itlsim/fleet"
	"itlsim/phone"
)

// A Step is what one event did to one phone. It is valid during the call of
// Config.Watch.
type Step struct {
	Index   int // of the phone, from 0
	Phone   *phone.Phone
	At      time.Time
	Event   phone.Event
	Before  phone.Flash
	Was     phone.State
	Actions []phone.Action
}

// carryOut does what a phone wants after a step.
func (f *Fleet) carryOut(st *step) {
	s := &f.slots[st.phone]
	f.states[st.place]--
	f.states[fleet.Place(s.phone)]++
	outside := !phone.IsAnswer(st.event)
	if outside {
		s.pending--
		f.began(s, st)
	}
	f.act(s, st)
	if f.config.Watch != nil {
		f.config.Watch(&Step{
			Index: int(st.phone), Phone: s.phone, At: f.config.Clock.at(st.at), Event: st.event,
			Before: *st.before, Was: st.was, Actions: st.actions,
		})
	}
	if _, ok := st.event.(phone.NotRegistered); ok && !fleet.Registered(s.phone) {
		f.fallSilent(st.phone)
	}
	if outside {
		f.release(s, max(st.at, f.windowEnd))
	}
}

// act carries out a step's actions.
func (f *Fleet) act(s *slot, st *step) {
	net := &f.config.Network
	later := func(after time.Duration, op op, a phone.Action) {
		f.queue.push(task{at: st.at + int64(after), phone: st.phone, op: op, what: a})
	}
	spent := net.Think // before the next request
	for _, action := range st.actions {
		switch a := action.(type) {
		case phone.Fetch:
			f.fetch(st.phone, action, st.at+int64(spent))
		case phone.AskTVS:
			later(net.Attach, reachTVS, action)
		case phone.Register:
			join := net.Join
			if s.begun == 0 { // a keep-alive
				join = net.Think
			}
			later(join, reachCallManager, action)
		case phone.Unregister:
			spent += f.unregister(st.phone, a)
		case phone.OpenService:
			later(net.Think, openPage, action)
		case phone.ReadService:
			later(net.Think, readPage, action)
		case phone.Verdict:
			if a.Refusal == nil {
				spent = net.Update
			}
			f.tally.Judged(a)
			if o := f.config.Observer; o != nil {
				o.Judged(int(st.phone), a)
			}
		case phone.Booted:
			f.booted(s, st)
		}
	}
}

// began notes whether an event from outside began a boot, or ended one.
func (f *Fleet) began(s *slot, st *step) {
	_, off := st.event.(phone.PowerOff)
	boots := s.phone.Boots() != st.boots
	arrived := s.awaits && fleet.BeginsBoot(st.event)
	if arrived {
		s.awaits = false
	}
	if s.begun != 0 && (off || boots) {
		f.tally.CutShort.Add(1)
		s.begun = 0
	}
	switch {
	case boots:
		s.begun = st.at + 1
	case off:
		f.fallSilent(st.phone)
	}
	if off || boots || arrived {
		f.changed(st.phone)
	}
}

// booted ends a boot; registering was its last part.
func (f *Fleet) booted(s *slot, st *step) {
	took := time.Duration(st.at - s.begun + 1)
	s.begun = 0
	f.changed(st.phone)
	f.tally.Booted(took)
	f.release(s, max(st.at, f.windowEnd))
}

// changed tells the observer.
func (f *Fleet) changed(i uint32) {
	if o := f.config.Observer; o != nil {
		s := &f.slots[i]
		o.Changed(int(i), fleet.Condition{
			On: s.phone.On(), Booting: s.begun != 0, Waiting: s.awaits, State: s.phone.State(),
		})
	}
}
