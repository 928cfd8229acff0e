package virtual

import (
	"sync/atomic"
	"time"
)

// epoch is when every virtual run begins, so that certificates and lists are
// the same from the same seed: the date in the golden `show itl`.
var epoch = time.Date(2014, 2, 26, 18, 24, 27, 0, time.UTC)

// A Clock is the scenario clock of a virtual run. The fleet moves it; it stands
// still while nothing happens.
type Clock struct{ now atomic.Int64 }

// NewClock is a clock at the beginning of a run, the date of the golden
// `show itl`.
func NewClock() *Clock { return &Clock{} }

// Now is the scenario's time.
func (c *Clock) Now() time.Time { return epoch.Add(c.Elapsed()) }

// Elapsed is the scenario time since the beginning.
func (c *Clock) Elapsed() time.Duration { return time.Duration(c.now.Load()) }
