package accept

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"itlsim/internal/contain"
)

// What a script asks for costs as much as dozens of phones that boot, and a script that has
// its answer asks on. So while phones come the requests of all scripts together have a part
// of one processor's time, in turns of their own: one at a time, one address after the other.
// Each then has its turn at the processors as everything else. While none come they have
// that alone.
const (
	// arriving is for how long after one has registered phones count as coming. A fleet's
	// boot has many in a second, on the slowest machine.
	arriving = time.Second
	// part of a processor's time is scripts' while phones come: one in so many. With what
	// the clients compute themselves it stays near a tenth of two processors.
	part = 10
)

// scripts are the turns of scripts' requests while phones come. One lasts until the part
// of the time that is others' is over, too.
var scripts = newScripts()

func newScripts() *turns {
	t := newTurns(1)
	t.lapse = 2 * part * lapse
	return t
}

// arrived is when somebody last proved who it is by other than a request, by now; 0: never.
var arrived atomic.Int64

// phonesCome reports whether phones are coming.
func phonesCome() bool {
	last := arrived.Load()
	return last != 0 && now()-last < int64(arriving)
}

// A job is a request that is worked at in turn.
type job struct {
	mu    sync.Mutex
	at    bool   // whoever reads meanwhile only looks out for the peer's leaving
	turn  *party // among scripts; nil: it has none
	since int64  // by now, when it got a processor
}

// Work waits for a request's turn, which has been read, body included, and gives what ends
// it. Each write of the answer is a turn's end, too, and the next turn's beginning, so that a
// peer who reads slowly keeps nobody waiting. False: it has waited for half of the patience
// of the limits and is to come again, or has gone. A request that another server accepted has
// its turn at once.
func Work(r *http.Request) (done func(), ok bool) {
	c := connOf(r)
	if c == nil {
		return func() {}, true
	}
	ctx, cancel := context.WithTimeout(r.Context(), c.listener.limits.Patience/2)
	defer cancel()
	c.rest()
	set := func(at bool) { contain.Holding(&c.job.mu, func() { c.job.at = at }) }
	set(true)
	c.goOn(ctx)
	done = func() { c.rest(); set(false) }
	if ctx.Err() != nil {
		done()
		return nil, false
	}
	return done, true
}

// goOn waits for the turn of the connection's request, until ctx ends.
func (c *Conn) goOn(ctx context.Context) {
	var turn *party
	if phonesCome() {
		turn = &party{c.from}
		scripts.await(ctx, turn)
	}
	processors.await(ctx, &c.party)
	c.job.mu.Lock()
	defer c.job.mu.Unlock()
	c.job.turn, c.job.since = turn, now()
}

// unless does something but while a request is worked at.
func (j *job) unless(do func()) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.at {
		do()
	}
}

// isAt reports whether a request is worked at.
func (j *job) isAt() (at bool) {
	contain.Holding(&j.mu, func() { at = j.at })
	return at
}

// leave ends the job's turn among scripts, if it has one, when the time has passed that is
// others'.
func (j *job) leave() {
	j.mu.Lock()
	defer j.mu.Unlock()
	if turn := j.turn; turn != nil {
		worked := min(time.Duration(now()-j.since), lapse)
		time.AfterFunc((part-1)*worked, func() { scripts.end(turn) })
		j.turn = nil
	}
}
