package lab

import (
	"sync"
	"time"
)

// clock is a lab's time on real sockets: it runs with the wall clock, or faster, and can be
// moved forward, so that six minutes of waiting cost none.
type clock struct {
	mu    sync.Mutex
	start time.Time
	from  time.Time // the clock's time at the wall clock's at
	at    time.Time
	rate  float64
}

// newClock starts a clock, at the wall clock's time where begins is zero.
func newClock(begins time.Time) *clock {
	now := time.Now()
	if begins.IsZero() {
		begins = now
	}
	return &clock{start: begins, from: begins, at: now, rate: 1}
}

// Now is the lab's time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *clock) now() time.Time {
	return c.from.Add(time.Duration(float64(time.Since(c.at)) * c.rate))
}

// Advance moves the clock forward.
func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from = c.from.Add(d)
}

// set sets the clock.
func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from, c.at = now, time.Now()
}

// SetRate sets how many scenario seconds a second of the wall clock has.
func (c *clock) SetRate(rate float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from, c.at, c.rate = c.now(), time.Now(), rate
}

// Rate is how many scenario seconds a second of the wall clock has.
func (c *clock) Rate() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rate
}

// Elapsed is the scenario time since the start.
func (c *clock) Elapsed() time.Duration { return c.Now().Sub(c.start) }
