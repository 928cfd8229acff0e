package accept

import (
	"context"
	"net/netip"
	"runtime"
	"slices"
	"sync"
	"time"

	"itlsim/internal/contain"
)

// lapse is how long a turn counts. Who takes longer computes nothing any more, but waits
// for something else, a lock or an answer.
const lapse = 100 * time.Millisecond

// turns has parties worked for in turn: so many at a time, and of those that wait one
// address after the other, however many connections each has. So thousands who ask
// without end leave time for everybody else, and for what is no connection; and who finds
// nobody waiting waits for nobody.
type turns struct {
	most  int           // at a time
	lapse time.Duration // how long one counts

	mu      sync.Mutex
	working []turn
	waiting map[netip.Prefix][]waiter
	order   []netip.Prefix // of those that wait, the next first
}

// processors are for the connections of all listeners together, proven or not: who asks at
// ten ports has no more turns than who asks at one, and a phone that has registered is
// no better than another that asks without end.
var processors = newTurns(runtime.GOMAXPROCS(0))

func newTurns(most int) *turns {
	return &turns{most: most, lapse: lapse, waiting: make(map[netip.Prefix][]waiter)}
}

// A party takes turns: a connection, and for a request of its one among scripts.
type party struct {
	from netip.Prefix // whose share it is of
}

type turn struct {
	of    *party
	since int64 // by now
}

type waiter struct {
	party  *party
	called chan struct{} // closed when it is its turn
}

// begin gives a party a turn, or says whom to wait for; nil: for nobody.
func (t *turns) begin(p *party) *waiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if slices.ContainsFunc(t.working, func(w turn) bool { return w.of == p }) {
		return nil
	}
	if len(t.order) == 0 && t.room() {
		t.working = append(t.working, turn{p, now()})
		return nil
	}
	w := waiter{p, make(chan struct{})}
	if len(t.waiting[p.from]) == 0 {
		t.order = append(t.order, p.from)
	}
	t.waiting[p.from] = append(t.waiting[p.from], w)
	return &w
}

// end ends a party's turn, and tells whether it had one.
func (t *turns) end(p *party) (had bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended(p)
}

// leave ends its turn, and its wait for one: an address of which nobody waits any more
// has no turn.
func (t *turns) leave(p *party) {
	t.mu.Lock()
	defer t.mu.Unlock()
	queue := slices.DeleteFunc(t.waiting[p.from], func(w waiter) bool { return w.party == p })
	if len(queue) > 0 {
		t.waiting[p.from] = queue
	} else {
		delete(t.waiting, p.from)
		t.order = slices.DeleteFunc(t.order, func(from netip.Prefix) bool { return from == p.from })
	}
	t.ended(p)
}

// ended is end; the caller holds mu.
func (t *turns) ended(p *party) (had bool) {
	before := len(t.working)
	t.working = slices.DeleteFunc(t.working, func(w turn) bool { return w.of == p })
	had = len(t.working) < before
	t.call()
	return had
}

// room reports whether one more may be worked for, which it may in the place of one
// whose turn has lapsed.
func (t *turns) room() bool {
	if len(t.working) < t.most {
		return true
	}
	until := now() - int64(t.lapse)
	t.working = slices.DeleteFunc(t.working, func(w turn) bool { return w.since < until })
	return len(t.working) < t.most
}

// call gives turns to those that wait, as far as there is room. The caller holds mu.
func (t *turns) call() {
	for len(t.order) > 0 && t.room() {
		from := t.order[0]
		t.order = t.order[1:]
		queue := t.waiting[from]
		if len(queue) > 1 {
			t.waiting[from] = queue[1:]
			t.order = append(t.order, from)
		} else {
			delete(t.waiting, from)
		}
		t.working = append(t.working, turn{queue[0].party, now()})
		close(queue[0].called)
	}
}

// await waits for a party's turn, until ctx ends, with which it has none.
func (t *turns) await(ctx context.Context, p *party) {
	w := t.begin(p)
	for w != nil && ctx.Err() == nil {
		lapsed := time.NewTimer(lapse)
		select {
		case <-w.called:
			w = nil
		case <-ctx.Done():
		case <-lapsed.C: // somebody's turn may have
			contain.Holding(&t.mu, t.call)
		}
		lapsed.Stop()
	}
	if ctx.Err() != nil {
		t.leave(p) // which Close may have done before it came
	}
}

// work waits for the connection's turn.
func (c *Conn) work() { processors.await(c.open, &c.party) }

// rest ends its turn, and tells whether it had one.
func (c *Conn) rest() bool {
	c.job.leave()
	return processors.end(&c.party)
}

// Sleep waits for d, or until ctx ends, whose error it returns then. Where ctx is a request's
// its connection has no turn meanwhile: who is made to wait keeps nobody else waiting.
func Sleep(ctx context.Context, d time.Duration) error {
	c, ok := ctx.Value(connKey{}).(*Conn)
	working := ok && c.rest()
	select {
	case <-time.After(d):
	case <-ctx.Done():
		return ctx.Err()
	}
	if working {
		c.work()
	}
	return nil
}

// leave ends what the connection is open for, and its turn and its wait for one, for good.
func (c *Conn) leave() {
	c.end()
	c.job.leave()
	processors.leave(&c.party)
}
