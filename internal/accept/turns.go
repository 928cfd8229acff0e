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

// turns has connections worked for in turn: as many at a time as there are processors, and
// of those that wait one address after the other, however many connections each has. So
// thousands who ask without end leave time for everybody else, and for what is no
// connection; and who finds nobody waiting waits for nobody.
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

type turn struct {
	conn  *Conn
	since int64 // by now
}

type waiter struct {
	conn   *Conn
	called chan struct{} // closed when it is its turn
}

// begin gives a connection a turn, or says whom to wait for; nil: for nobody.
func (t *turns) begin(c *Conn) *waiter {
	t.mu.Lock()
	defer t.mu.Unlock()
	if slices.ContainsFunc(t.working, func(w turn) bool { return w.conn == c }) {
		return nil
	}
	if len(t.order) == 0 && t.room() {
		t.working = append(t.working, turn{c, now()})
		return nil
	}
	w := waiter{c, make(chan struct{})}
	if len(t.waiting[c.from]) == 0 {
		t.order = append(t.order, c.from)
	}
	t.waiting[c.from] = append(t.waiting[c.from], w)
	return &w
}

// end ends a connection's turn, and tells whether it had one.
func (t *turns) end(c *Conn) (had bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.ended(c)
}

// leave ends its turn, and its wait for one: an address of which nobody waits any more
// has no turn.
func (t *turns) leave(c *Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	queue := slices.DeleteFunc(t.waiting[c.from], func(w waiter) bool { return w.conn == c })
	if len(queue) > 0 {
		t.waiting[c.from] = queue
	} else {
		delete(t.waiting, c.from)
		t.order = slices.DeleteFunc(t.order, func(from netip.Prefix) bool { return from == c.from })
	}
	t.ended(c)
}

// ended is end; the caller holds mu.
func (t *turns) ended(c *Conn) (had bool) {
	before := len(t.working)
	t.working = slices.DeleteFunc(t.working, func(w turn) bool { return w.conn == c })
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
		t.working = append(t.working, turn{queue[0].conn, now()})
		close(queue[0].called)
	}
}

// await waits for a connection's turn, until ctx ends, with which it has none.
func (t *turns) await(ctx context.Context, c *Conn) {
	w := t.begin(c)
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
		t.leave(c) // which Close may have done before it came
	}
}

// work waits for the connection's turn.
func (c *Conn) work() { processors.await(c.open, c) }

// rest ends its turn, and tells whether it had one.
func (c *Conn) rest() bool {
	c.job.leave()
	return processors.end(c)
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
	processors.leave(c)
}
