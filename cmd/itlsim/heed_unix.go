//go:build unix

package main

import (
	"os"
	"os/signal"
	"sync"
	"syscall"
)

// heed has something done whenever somebody sends this process SIGUSR1, until stop is
// called. Of signals that come while it is done, one counts.
func heed(do func()) (stop func()) {
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, syscall.SIGUSR1)
	var heeding sync.WaitGroup
	heeding.Go(func() {
		for range asked {
			do()
		}
	})
	return func() {
		signal.Stop(asked)
		close(asked)
		heeding.Wait()
	}
}
