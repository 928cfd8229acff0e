package scenarios

import (
	"sync"
	"time"
)

// Clock is the scenario clock: it runs with the wall clock and can be moved
// forward, so that six minutes of waiting cost none.
type Clock struct {
	mu    sync.Mutex
	start time.Time
	ahead time.Duration
}

// NewClock starts a clock.
func NewClock() *Clock { return &Clock{start: time.Now()} }

// Now is the scenario's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

// Advance moves the clock forward.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// Elapsed is the scenario time since the start.
func (c *Clock) Elapsed() time.Duration { return c.Now().Sub(c.start) }
