package main

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"itlsim/fleet"
	"itlsim/fleet/wire"
	"itlsim/internal/cause"
	"itlsim/internal/interval"
	"itlsim/phone"
)

// What is told of phones that stay on, a line for each change, is for people who look on,
// and may go to a file for weeks.
const (
	toldAtOnce  = 10          // lines a second; what else happens then is counted
	toldInAll   = 10_000      // lines, some 1.5 MB; from then on changes are counted
	countsEvery = time.Minute // when they are only counted
)

// A changes is what happened to the trust of phones, and is not told yet. It is their
// fleet's observer.
type changes struct {
	mu      sync.Mutex
	telling bool
	states  []phone.State   // of each phone, as its last boot left it
	boots   map[int]*judged // of the phones that boot
	next    []change        // toldAtOnce at most
	more    map[phone.State]int
	told    int       // lines
	counted time.Time // when counts were told last
	last    time.Time // when a boot began or ended
}

// A change is of one phone's state.
type change struct {
	phone    int
	was, now phone.State
	why      string
}

// judged is what a phone made of its files in a boot: the last list, the configuration, the
// last refusal.
type judged struct {
	list, config phone.TrustPoint
	refused      *phone.Refusal
}

func newChanges(phones int) *changes {
	return &changes{
		states: make([]phone.State, phones), last: time.Now(), boots: make(map[int]*judged), more: make(map[phone.State]int),
	}
}

// Changed notes what a boot made of a phone.
func (c *changes) Changed(i int, now fleet.Condition) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.last = time.Now()
	if now.Booting {
		if !now.Waiting { // else it goes on, and will boot once more
			c.boots[i] = &judged{}
		}
		return
	}
	boot, was := c.boots[i], c.states[i]
	delete(c.boots, i)
	c.states[i] = now.State
	switch {
	case !c.telling || was == now.State || boot == nil:
	case len(c.next) < min(toldAtOnce, toldInAll-c.told):
		c.next = append(c.next, change{i, was, now.State, boot.why()})
	default:
		c.more[now.State]++
	}
}

// quietFor is for how long no phone has begun or ended a boot; not at all while one boots.
func (c *changes) quietFor() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.boots) > 0 {
		return 0
	}
	return time.Since(c.last)
}

// settleQuietly waits until phones have settled, and no boot began or ended for so long: resets
// come when call managers please.
func settleQuietly(ctx context.Context, f *wire.Fleet, happens *changes, quiet time.Duration) error {
	for left := quiet - happens.quietFor(); left > 0; left = quiet - happens.quietFor() {
		select {
		case <-time.After(left):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return f.Settle(ctx)
}

// Judged notes what a phone made of a file.
func (c *changes) Judged(i int, v phone.Verdict) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch boot := c.boots[i]; {
	case v.Refusal != nil:
		boot.refused = v.Refusal
	case v.File.Kind.IsList():
		boot.list = v.By
	default:
		boot.config = v.By
	}
}

// why is the reason for the state that a boot ended in, as the phone has it.
func (j *judged) why() string {
	if j.refused != nil {
		return cause.Of(j.refused)
	}
	return fmt.Sprintf("list by %v, configuration by %v", j.list, j.config)
}

// tell tells of what happens from now on, until the context ends.
func (c *changes) tell(ctx context.Context, w io.Writer, name func(int) string) {
	c.mu.Lock()
	c.telling = true
	c.mu.Unlock()
	stop := interval.Every(time.Second, func() { c.write(w, time.Now(), name) })
	<-ctx.Done()
	stop()
	c.write(w, time.Now(), name)
}

// write writes what happened since it was called last: so it is called each second.
func (c *changes) write(w io.Writer, now time.Time, name func(int) string) {
	next, more, counting := c.take(now)
	at := now.Format(time.DateTime)
	for _, n := range next {
		fmt.Fprintf(w, "%s %s %v → %v: %s\n", at, name(n.phone), n.was, n.now, n.why)
	}
	for state := phone.None; state <= phone.Untrusted; state++ {
		switch n := more[state]; {
		case n > 0 && counting && len(next) == 0:
			fmt.Fprintf(w, "%s %d became %v\n", at, n, state)
		case n > 0:
			fmt.Fprintf(w, "%s … and %d more became %v\n", at, n, state)
		}
	}
	if counting && len(next) > 0 {
		fmt.Fprintf(w, "These were %d changes. From now on they are only counted, every %v.\n", toldInAll, countsEvery)
	}
}

// take takes what is to be told now: changes one by one, how many more there were by the
// state that they led to, and whether further ones are only counted.
func (c *changes) take(now time.Time) (next []change, more map[phone.State]int, counting bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.told == toldInAll && now.Sub(c.counted) < countsEvery {
		return nil, nil, true
	}
	next, more = c.next, c.more
	c.next, c.more = nil, make(map[phone.State]int)
	c.told, c.counted = c.told+len(next), now
	return next, more, c.told == toldInAll
}
