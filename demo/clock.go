package demo

import (
	"sync"
	"time"
)

// A clock runs at a rate and can be moved forward, never back.
type clock struct {
	mu   sync.Mutex
	from time.Time // the clock's time at since
	at   time.Time // the wall clock's
	rate float64   // clock seconds a second
}

func newClock(now time.Time) *clock { return &clock{from: now, at: now, rate: 1} }

// Now is the clock's time.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *clock) now() time.Time {
	return c.from.Add(time.Duration(float64(time.Since(c.at)) * c.rate))
}

// reading is the clock's time and rate as the page goes on from them.
type reading struct {
	Now  int64   `json:"now"` // milliseconds since 1970
	Rate float64 `json:"rate"`
}

func (c *clock) speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rate
}

// run sets the rate.
func (c *clock) run(rate float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from, c.at, c.rate = c.now(), time.Now(), rate
}

// advance moves the clock forward.
func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.from = c.from.Add(d)
}
