package virtual

import (
	"sync/atomic"
	"time"
)

// epoch is when every virtual run begins, so that the same seed gives the same
// certificates and lists. It is the date in the golden `show itl`.
var epoch = time.Date(2014, 2, 26, 18, 24, 27, 0, time.UTC)

// A Clock is the scenario clock of a virtual run. The fleet moves it; it stands
// still while nothing happens. The zero value is at the beginning of a run.
type Clock struct{ now atomic.Int64 }

// NewClock makes a clock that is at the beginning of a run.
func NewClock() *Clock { return &Clock{} }

// Now is the scenario's time.
func (c *Clock) Now() time.Time { return epoch.Add(c.Elapsed()) }

// Elapsed is the scenario time since the beginning.
func (c *Clock) Elapsed() time.Duration { return time.Duration(c.now.Load()) }
