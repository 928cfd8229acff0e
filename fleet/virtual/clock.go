package virtual

import (
	"sync/atomic"
	"time"
)

// epoch is when a virtual run begins that names no date, so that the same seed gives the
// same certificates and lists. It is the date in the golden `show itl`.
var epoch = time.Date(2014, 2, 26, 18, 24, 27, 0, time.UTC)

// A Clock is the scenario clock of a virtual run. The fleet moves it; it stands
// still while nothing happens. The zero value is at the beginning of a run.
type Clock struct {
	now   atomic.Int64
	began time.Time // epoch if zero
}

// NewClock makes a clock that is at the beginning of a run, in 2014.
func NewClock() *Clock { return &Clock{} }

// NewClockAt makes one of a run that begins at another time.
func NewClockAt(begins time.Time) *Clock { return &Clock{began: begins} }

// NewClockFrom makes one of a run that began at a time (the zero time: in 2014) and has come
// so far.
func NewClockFrom(began time.Time, elapsed time.Duration) *Clock {
	c := NewClockAt(began)
	c.now.Store(int64(elapsed))
	return c
}

// Now is the scenario's time.
func (c *Clock) Now() time.Time { return c.at(c.now.Load()) }

// at is a time of a run, in nanoseconds since its beginning.
func (c *Clock) at(now int64) time.Time {
	if c.began.IsZero() {
		return epoch.Add(time.Duration(now))
	}
	return c.began.Add(time.Duration(now))
}

// Elapsed is the scenario time since the beginning.
func (c *Clock) Elapsed() time.Duration { return time.Duration(c.now.Load()) }
