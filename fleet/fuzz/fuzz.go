package fuzz

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// Fuzz runs trials with the seeds from one on, on so many workers, until one
// fails: the failure of the lowest seed, shrunk. ran, where not nil, is called
// after each. The error is the context's, or of a trial that could not be made.
func Fuzz(ctx context.Context, seed uint64, runs, workers int, ran func()) (*Failure, error) {
	var next atomic.Uint64
	var mu sync.Mutex
	var first *Failure
	var broken error
	stop := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return first != nil || broken != nil
	}
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for !stop() {
				n := next.Add(1) - 1
				if n >= uint64(runs) {
					return
				}
				err := Run(ctx, Options{Seed: seed + n})
				var f *Failure
				mu.Lock()
				switch {
				case errors.As(err, &f):
					if first == nil || f.Seed < first.Seed {
						first = f
					}
				case err != nil:
					broken = err
				}
				mu.Unlock()
				if ran != nil {
					ran()
				}
			}
		})
	}
	all.Wait()
	if first != nil {
		return Shrink(ctx, Options{Seed: first.Seed}, first), nil
	}
	return nil, broken
}
