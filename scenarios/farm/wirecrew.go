package farm

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nuid"

	"itlsim/internal/contain"
	"itlsim/lab"
	"itlsim/scenarios/language"
)

// A Call is for workers of a run on sockets.
type Call struct {
	Build   string // of the run's command; workers of others are not taken
	Kind    string // what they are to do, for [Hand.Begin]
	Wanted  int    // workers, among whom the phones are shared out
	Phones  int
	AckWait time.Duration // how long a worker may be out of contact; 0: 10 s
	Said    func(string)  // what people may want to know
}

// A Crew is the workers of a run on sockets. Who they are is settled when it begins: each has the
// phones of one shard, and nobody else can have those. It is safe for concurrent use.
type Crew struct {
	call  Call
	run   string
	subs  []*nats.Subscription
	stop  context.CancelFunc // looking after them
	looks sync.WaitGroup

	mu      sync.Mutex
	members []*member
	number  int           // of the present order
	whole   chan struct{} // closed when all places are taken
	changed chan struct{} // closed when a member has done its order, or is lost
	ended   bool
}

// member is a worker that has a place.
type member struct {
	offer
	body     []byte    // of its present order,
	has      int       // of which it has so many bytes
	contact  time.Time // when it was heard of last
	there    bool      // it knows of its place
	lost     bool
	held     *nats.Msg // a post that is not answered yet
	heldAt   time.Time
	done     bool // the present order: there is all of
	result   []byte
	failed   string
	progress json.RawMessage
	told     bool // that the run has ended
}

// A LostError ends a run: a worker is out of contact, and its phones are as if their power had
// failed.
type LostError struct {
	Worker string `json:"worker"`
	Phones int    `json:"phones"`
}

func (e *LostError) Error() string {
	return fmt.Sprintf("worker %s lost %s phones", e.Worker, language.Number(e.Phones))
}

// A RefusedError ends a run: a worker did not do its part.
type RefusedError struct{ Worker, Says string }

func (e *RefusedError) Error() string { return fmt.Sprintf("worker %s: %s", e.Worker, e.Says) }

// Gather waits until as many workers as wanted have a place. [Crew.Close] ends their run.
func (f *Farm) Gather(ctx context.Context, call Call) (*Crew, error) {
	if call.AckWait == 0 {
		call.AckWait = usualAckWait
	}
	c := &Crew{call: call, run: nuid.Next(), whole: make(chan struct{}), changed: make(chan struct{})}
	looking, stop := context.WithCancel(context.Background())
	c.stop = stop
	c.looks.Go(func() { c.lookAfter(looking) })
	for subject, heard := range map[string]nats.MsgHandler{callSubject: c.offered, postSubject + c.run: c.posted} {
		sub, err := f.conn.Subscribe(subject, heard)
		if err != nil {
			c.Close()
			return nil, err
		}
		c.subs = append(c.subs, sub)
	}
	select {
	case <-c.whole:
		return c, nil
	case <-ctx.Done():
		c.Close()
		return nil, ctx.Err()
	}
}

// Machines are the workers, in the order of their shards.
func (c *Crew) Machines() (all []Machine) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.members {
		all = append(all, m.Machine)
	}
	return all
}

// shard is the i-th worker's.
func (c *Crew) shard(i int) lab.Shard { return lab.Shard{Index: i, Of: c.call.Wanted} }

// Phones are how many the i-th worker has.
func (c *Crew) Phones(i int) int {
	from, to := c.shard(i).Range(c.call.Phones)
	return to - from
}

// offered gives a worker that is free a place, if there is one.
func (c *Crew) offered(msg *nats.Msg) {
	o, err := read[offer](msg.Data)
	if err != nil {
		return
	}
	p := place{Says: "all places of the run are taken"}
	contain.Holding(&c.mu, func() {
		switch i := c.seat(o); {
		case o.Build != c.call.Build:
			p.Says = fmt.Sprintf("the run is of %s, and this worker of %s", c.call.Build, o.Build)
		case i >= 0:
			p = place{Run: c.run, Kind: c.call.Kind, Shard: c.shard(i), AckWait: c.call.AckWait}
		}
	})
	respond(msg, p)
}

// seat is the number of a worker's place, -1 where there is none. The caller holds the lock.
func (c *Crew) seat(o offer) int {
	free := -1
	for i, m := range c.members {
		switch {
		case m.ID == o.ID && !m.lost:
			return i // its answer was lost
		case m.lost && free < 0:
			free = i
		}
	}
	if c.ended || c.isWhole() || o.Build != c.call.Build || free < 0 && len(c.members) == c.call.Wanted {
		return -1
	}
	if free < 0 {
		free = len(c.members)
		c.members = append(c.members, nil)
	}
	c.members[free] = &member{offer: o, contact: time.Now()}
	return free
}

func (c *Crew) isWhole() bool {
	select {
	case <-c.whole:
		return true
	default:
		return false
	}
}

// posted hears a worker, and answers when there is something to do, or after a while.
func (c *Crew) posted(msg *nats.Msg) {
	p, err := read[post](msg.Data)
	if err != nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.members {
		if m.ID == p.ID && !m.lost {
			c.hears(m, p, msg)
			return
		}
	}
	respond(msg, order{Ended: true}) // it counts as lost, or never was of this run
}

// hears takes in what a worker tells. The caller holds the lock.
func (c *Crew) hears(m *member, p post, msg *nats.Msg) {
	m.contact, m.progress, m.has = time.Now(), p.Progress, 0
	if p.Coming == c.number && p.Has <= len(m.body) {
		m.has = p.Has
	}
	piece := p.Done == c.number && c.number > 0 && !m.done
	if piece {
		if p.At == len(m.result) {
			m.result = append(m.result, p.Piece...)
		}
		m.failed, m.done = p.Failed, len(m.result) >= p.Size
	}
	if m.held != nil {
		respond(m.held, order{})
	}
	m.held, m.heldAt = msg, time.Now()
	if c.ended || p.Got < c.number || piece && !m.done {
		c.answer(m, p.Got < c.number)
	}
	if piece && m.done || !m.there {
		m.there = true
		c.notify()
	}
	if len(c.members) == c.call.Wanted && !c.isWhole() && c.allThere() {
		close(c.whole)
	}
}

// allThere reports whether everybody knows of its place. The caller holds the lock.
func (c *Crew) allThere() bool {
	return !slices.ContainsFunc(c.members, func(m *member) bool { return m.lost || !m.there })
}

// answer answers a worker's post, with its order where that is news. The caller holds the lock.
func (c *Crew) answer(m *member, news bool) {
	if m.held == nil {
		return
	}
	o := order{Ended: c.ended, Have: len(m.result)}
	if news && !c.ended {
		o.Number, o.At, o.Size = c.number, m.has, len(m.body)
		o.Body = m.body[m.has:min(len(m.body), m.has+maxPiece)]
	}
	respond(m.held, o)
	m.held = nil
	if c.ended && !m.told {
		m.told = true
		c.notify()
	}
}

// notify wakes who waits for workers. The caller holds the lock.
func (c *Crew) notify() {
	close(c.changed)
	c.changed = make(chan struct{})
}

// lookAfter answers posts that were held for long enough, and finds who is lost.
func (c *Crew) lookAfter(ctx context.Context) {
	hold := c.call.AckWait / holdTimes
	tick := time.NewTicker(hold / 2)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		contain.Holding(&c.mu, func() {
			for _, m := range c.members {
				if time.Since(m.heldAt) > hold {
					c.answer(m, false)
				}
				if !m.lost && time.Since(m.contact) > c.call.AckWait {
					m.lost = true
					c.notify()
				}
			}
		})
	}
}

// Size is how many workers there are, the lost ones too.
func (c *Crew) Size() int { return c.call.Wanted }

// Order has each worker do the same ([Crew.OrderEach]).
func (c *Crew) Order(ctx context.Context, body []byte) (results [][]byte, err error) {
	return c.OrderEach(ctx, slices.Repeat([][]byte{body}, c.Size()))
}

// OrderEach has each worker that is still there do something, by their shards, and waits until
// all have. It returns what came of it, nil for those that are lost. A worker that is lost
// meanwhile, or refuses, ends the wait: the error is a [*LostError] or a [*RefusedError]. What
// others are at then ends with the next order.
func (c *Crew) OrderEach(ctx context.Context, bodies [][]byte) (results [][]byte, err error) {
	for _, body := range bodies {
		if len(body) > maxOrder {
			return nil, fmt.Errorf("an order of %d bytes: workers take %d", len(body), maxOrder)
		}
	}
	var before []bool // who was lost before
	contain.Holding(&c.mu, func() {
		c.number++
		for i, m := range c.members {
			before = append(before, m.lost)
			m.body, m.has, m.done, m.result, m.failed = bodies[i], 0, false, nil, ""
			c.answer(m, true)
		}
	})
	for {
		c.mu.Lock()
		results, changed, err := c.outcome(before)
		c.mu.Unlock()
		if changed == nil {
			return results, err
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// outcome is what came of the present order; changed is nil where nothing is waited for any
// more. The caller holds the lock.
func (c *Crew) outcome(lost []bool) (results [][]byte, changed <-chan struct{}, err error) {
	results = make([][]byte, len(c.members))
	for i, m := range c.members {
		switch {
		case lost[i]:
		case m.lost:
			err = &LostError{m.Name, c.Phones(i)}
		case !m.done:
			changed = c.changed
		case m.failed != "":
			err = &RefusedError{m.Name, m.failed}
		default:
			results[i] = m.result
		}
	}
	if err != nil {
		changed = nil
	}
	return results, changed, err
}

// Progress is what each worker told last of how far it is, nil of those that are lost.
func (c *Crew) Progress() []json.RawMessage {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]json.RawMessage, len(c.members))
	for i, m := range c.members {
		if !m.lost {
			all[i] = m.progress
		}
	}
	return all
}

// Lost are the workers that are lost so far.
func (c *Crew) Lost() (lost []LostError) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, m := range c.members {
		if m.lost {
			lost = append(lost, LostError{m.Name, c.Phones(i)})
		}
	}
	return lost
}

// Missing is that a worker is lost, a [*LostError]; nil where none is.
func (c *Crew) Missing() error {
	if lost := c.Lost(); len(lost) > 0 {
		return &lost[0]
	}
	return nil
}

// Close ends the run. For workers that are still there to hear of it a part of an AckWait is
// waited; to the others nobody answers any more, whereupon they fall silent.
func (c *Crew) Close() {
	hear, cancel := context.WithTimeout(context.Background(), c.call.AckWait/askTimes)
	defer cancel()
	for hear.Err() == nil {
		c.mu.Lock()
		c.ended = true
		changed, left := c.changed, false
		for _, m := range c.members {
			c.answer(m, false)
			left = left || !m.lost && !m.told
		}
		c.mu.Unlock()
		if !left {
			break
		}
		select {
		case <-changed:
		case <-hear.Done():
		}
	}
	c.stop()
	c.looks.Wait()
	for _, sub := range c.subs {
		_ = sub.Unsubscribe()
	}
}

// respond answers a message. An answer that is lost is asked for again.
func respond[T any](msg *nats.Msg, m T) {
	if text, err := json.Marshal(m); err == nil {
		_ = msg.Respond(text)
	}
}
