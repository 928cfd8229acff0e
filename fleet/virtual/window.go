package virtual

import (
	"context"
	"math"
	"slices"
	"sync"
	"time"

	"itlsim/phone"
)

// Settle runs until no phone has anything left to do. Its error is the
// context's.
func (f *Fleet) Settle(ctx context.Context) error {
	for n := 0; ; n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		f.mu.Lock()
		if len(f.queue.events) == 0 {
			f.mu.Unlock()
			return nil
		}
		f.step(math.MaxInt64)
		f.mu.Unlock()
	}
}

// Advance runs for so much scenario time. Its error is the context's.
func (f *Fleet) Advance(ctx context.Context, d time.Duration) error {
	f.mu.Lock()
	until := f.now + int64(d)
	f.mu.Unlock()
	for n := 0; ; n++ {
		if n%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		f.mu.Lock()
		if f.next() >= until {
			f.now = max(f.now, until) // others may have gone on further
			f.setClock(f.now)
			f.mu.Unlock()
			return nil
		}
		f.step(until)
		f.mu.Unlock()
	}
}

// next is when the next event or keep-alive comes.
func (f *Fleet) next() int64 {
	next := int64(math.MaxInt64)
	if len(f.queue.events) > 0 {
		next = f.queue.events[0].at
	}
	if f.renewal.left > 0 {
		next = min(next, f.renewal.due)
	}
	return max(next, f.now)
}

func (f *Fleet) setClock(at int64) { f.config.Clock.now.Store(at) }

// step takes the events of one window, up to until: what services do at once,
// what phones do concurrently, and then what phones want.
func (f *Fleet) step(until int64) {
	f.keepAlive(until)
	if len(f.queue.events) == 0 {
		return
	}
	f.window++
	f.batch = f.batch[:0]
	f.end = min(until, f.queue.events[0].at+int64(f.ahead))
	for len(f.queue.events) > 0 && f.queue.events[0].at < f.end {
		top := &f.queue.events[0]
		s := &f.slots[top.phone]
		if top.kind == deliver || top.kind == done {
			if s.window == f.window {
				break // its last event has not been carried out
			}
			s.window = f.window
		}
		e := f.queue.pop()
		f.now = max(f.now, e.at)
		f.setClock(f.now)
		switch e.kind {
		case deliver:
			f.take(e)
		case done:
			f.transferred(e)
			f.take(e)
		case arrive:
			f.arrived(e)
		case ask:
			f.asked(e)
		case registrar:
			f.register(e)
		case directory:
			switch a := e.what.(type) {
			case phone.OpenService:
				f.open(e, a)
			case phone.ReadService:
				f.read(e, a)
			}
		}
	}
	f.think()
	for i := range f.batch {
		t := &f.batch[i]
		f.setClock(t.at)
		f.carryOut(t)
	}
	f.setClock(f.now)
	clear(f.batch)
}

// take notes that an event reaches a phone in this window.
func (f *Fleet) take(e event) {
	ev := e.what.(phone.Event)
	if no, ok := ev.(gaveUp); ok {
		if f.slots[e.phone].served >= no.Seq {
			return // a server took the request up in time
		}
		ev = phone.NoAnswer{Seq: no.Seq, Err: errNoAnswer}
	}
	f.batch = append(f.batch, turn{at: e.at, phone: e.phone, event: ev})
}

// gaveUp is an answer that stands unless the request is served before.
type gaveUp struct{ phone.NoAnswer }

// turn is one phone's step in a window.
type turn struct {
	at      int64
	phone   uint32
	was     phone.State
	boots   uint32 // begun before
	before  phone.Flash
	event   phone.Event
	actions []phone.Action
}

// fewTurns are not worth a goroutine.
const fewTurns = 32

// think has every phone of the batch take its step.
func (f *Fleet) think() {
	if len(f.batch) < fewTurns || f.config.Workers == 1 {
		f.thinkAbout(f.batch)
		return
	}
	var all sync.WaitGroup
	for part := range slices.Chunk(f.batch, (len(f.batch)+f.config.Workers-1)/f.config.Workers) {
		all.Go(func() { f.thinkAbout(part) })
	}
	all.Wait()
}

func (f *Fleet) thinkAbout(turns []turn) {
	for i := range turns {
		t := &turns[i]
		p := f.slots[t.phone].phone
		t.was, t.boots = p.State(), p.Boots()
		if f.config.Watch != nil {
			t.before = p.Flash()
		}
		t.actions = p.Step(epoch.Add(time.Duration(t.at)), t.event)
	}
}
