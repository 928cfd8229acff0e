package lab

import (
	"sync"
	"time"
)

// Clock is the scenario clock: it runs with the wall clock, or faster, and can be
// moved forward, so that six minutes of waiting cost none.
type Clock struct {
	mu    sync.Mutex
	start time.Time
	from  time.Time // the clock's time at the wall clock's at
	at    time.Time
	rate  float64
}

// NewClock starts a clock.
func NewClock() *Clock {
	now := time.Now()
	return &Clock{start: now, from: now, at: now, rate: 1}
}

// Now is the scenario's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time {
	return c.from.Add(time.Duration(float64(time.Since(c.at)) * c.rate))
}

// Advance moves the clock forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from = c.from.Add(d)
}

// SetRate sets how many scenario seconds a second of the wall clock has.
func (c *Clock) SetRate(rate float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from, c.at, c.rate = c.now(), time.Now(), rate
}

// Rate tells how many scenario seconds a second of the wall clock has.
func (c *Clock) Rate() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rate
}

// Elapsed is the scenario time since the start.
func (c *Clock) Elapsed() time.Duration { return c.Now().Sub(c.start) }
