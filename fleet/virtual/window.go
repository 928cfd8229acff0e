package virtual

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"itlsim/fleet"
	"itlsim/phone"
)

// Settle runs until no phone has anything left to do. Its error is the
// context's.
func (f *Fleet) Settle(ctx context.Context) error { return f.run(ctx, math.MaxInt64, true) }

// SettleFor runs until then, or until so much scenario time has passed. Its error is the
// context's.
func (f *Fleet) SettleFor(ctx context.Context, d time.Duration) error {
	return f.run(ctx, f.in(d), true)
}

// Advance runs for so much scenario time. Its error is the context's.
func (f *Fleet) Advance(ctx context.Context, d time.Duration) error {
	f.passKeepAlives()
	return f.run(ctx, f.in(d), false)
}

// in is the time that comes so much later.
func (f *Fleet) in(d time.Duration) int64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now + int64(d)
}

// run runs until a time, or until no phone has anything left to do where that is all that
// is wanted.
func (f *Fleet) run(ctx context.Context, until int64, settle bool) error {
	for n := 0; ; n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		f.mu.Lock()
		if settle && f.queue.empty() {
			f.mu.Unlock()
			return nil
		}
		f.keepAlives.passing = !settle
		if f.next() >= until {
			f.now = max(f.now, until) // a concurrent call may be further on
			f.setClock(f.now)
			f.mu.Unlock()
			return nil
		}
		f.runWindow(until)
		f.mu.Unlock()
	}
}

// next is when the next task or keep-alive comes.
func (f *Fleet) next() int64 {
	next := f.keepAlives.nextKeepAlive()
	if !f.queue.empty() {
		next = min(next, f.queue.next().at)
	}
	return max(next, f.now)
}

func (f *Fleet) setClock(at int64) { f.config.Clock.now.Store(at) }

// runWindow takes the tasks of one window, which ends before until: services
// answer at once, phones step concurrently, and then what they want is carried
// out in the order of time.
func (f *Fleet) runWindow(until int64) {
	f.sendKeepAlives(until)
	if f.queue.empty() {
		return
	}
	f.window++
	f.steps = f.steps[:0]
	f.windowEnd = min(until, f.queue.next().at+int64(f.thinks))
	for !f.queue.empty() && f.queue.next().at < f.windowEnd {
		if next := f.queue.next(); next.op == reachPhone || next.op == endTransfer {
			s := &f.slots[next.phone]
			if s.window == f.window {
				break // the phone's step for the event before is not carried out yet
			}
			s.window = f.window
		}
		t := f.queue.pop()
		f.now = max(f.now, t.at)
		f.setClock(f.now)
		f.do(t)
	}
	f.takeSteps()
	for i := range f.steps {
		f.setClock(f.steps[i].at)
		f.carryOut(&f.steps[i])
	}
	f.setClock(f.now)
	clear(f.steps)
}

// do does one task. What reaches a phone is only noted: phones step later.
func (f *Fleet) do(t task) {
	switch t.op {
	case reachPhone:
		f.note(t)
	case endTransfer:
		f.endTransfer(t)
		f.note(t)
	case reachFiles:
		f.reachFiles(t, t.what.(phone.Fetch))
	case reachTVS:
		f.reachTVS(t, t.what.(phone.AskTVS))
	case reachCallManager:
		f.reachCallManager(t, t.what.(phone.Register))
	case openPage:
		f.openPage(t, t.what.(phone.OpenService))
	case readPage:
		f.readPage(t, t.what.(phone.ReadService))
	}
}

// note has a phone step in this window.
func (f *Fleet) note(t task) {
	ev := t.what.(phone.Event)
	if no, ok := ev.(unlessServed); ok {
		if f.slots[t.phone].served >= no.Seq {
			return // a server took the request up in time
		}
		ev = no.NoAnswer
	}
	f.steps = append(f.steps, step{at: t.at, phone: t.phone, event: ev})
}

// unlessServed is an answer that reaches the phone unless its request is served
// before.
type unlessServed struct{ phone.NoAnswer }

// step is what one event does to one phone.
type step struct {
	at      int64
	phone   uint32
	was     phone.State
	place   uint8        // in Fleet.states, before
	boots   uint32       // that had begun before
	before  *phone.Flash // nil where nobody watches
	event   phone.Event
	actions []phone.Action // in the room of its worker
}

// fewSteps are not worth a goroutine.
const fewSteps = 32

// takeSteps has every phone of this window step.
func (f *Fleet) takeSteps() {
	if len(f.steps) < fewSteps || f.config.Workers == 1 {
		f.takeEach(f.steps, &f.rooms[0])
		return
	}
	var all sync.WaitGroup
	worker := 0
	for part := range slices.Chunk(f.steps, (len(f.steps)+f.config.Workers-1)/f.config.Workers) {
		room := &f.rooms[worker]
		all.Go(func() { f.takeEach(part, room) })
		worker++
	}
	all.Wait()
}

// takeEach has phones step. What they want is kept in a room until the window is over.
func (f *Fleet) takeEach(steps []step, room *[]phone.Action) {
	clear(*room)
	out := (*room)[:0]
	for i := range steps { // all of them first, so that the processor fetches many phones at once
		st := &steps[i]
		p := f.slots[st.phone].phone
		st.was, st.place, st.boots = p.State(), uint8(fleet.Place(p)), p.Boots()
	}
	for i := range steps {
		st := &steps[i]
		p := f.slots[st.phone].phone
		if f.config.Watch != nil {
			before := p.Flash()
			st.before = &before
		}
		from := len(out)
		out = p.StepInto(out, f.config.Clock.at(st.at), st.event)
		st.actions = out[from:]
	}
	*room = out
}
