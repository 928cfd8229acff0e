package fuzz

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
)

// Search runs so many trials, with the seeds from o.Seed on, on so many workers,
// until one fails. The result is the failure of the lowest seed, shrunk, or nil if
// none was found. ran, if not nil, is called after each trial. The error is the
// context's, or why a trial could not be made.
func Search(ctx context.Context, o Options, runs, workers int, ran func()) (*Failure, error) {
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
				trial := o
				trial.Seed += n
				err := Run(ctx, trial)
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
		return Shrink(ctx, o, first), nil
	}
	return nil, broken
}
