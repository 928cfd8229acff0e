// Package interval does something again and again.
package interval

import (
	"sync"
	"time"
)

// Every does something at an interval, for the first time when one has passed, in a goroutine of
// its own. stop ends that, and waits for what is being done.
func Every(interval time.Duration, do func()) (stop func()) {
	tick, done := time.NewTicker(interval), make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				do()
			case <-done:
				return
			}
		}
	})
	return func() {
		close(done)
		running.Wait()
	}
}
