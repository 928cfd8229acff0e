package scenarios

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Of shards that fail the first is told, which another may have been faster than; those before
// it are played to their end, those behind it no longer.
func TestTheFirstShardThatFailsIsTold(t *testing.T) {
	const shards = 6
	for workers := 1; workers <= shards; workers++ {
		var ended atomic.Int32
		laterFailed := make(chan struct{})
		act := Act{Text: "fail", Verb: InGo, Func: func(ctx context.Context, p *Player) error {
			switch i := p.First(); {
			case i == 2 && workers > 2: // until the one behind it has failed
				<-laterFailed
				return errors.New("phone 2 fails")
			case i == 3 && workers > 2:
				defer close(laterFailed)
				fallthrough
			case i == 2, i == 3:
				return fmt.Errorf("phone %d fails", i)
			case i > 3: // until it is called off
				<-ctx.Done()
				return ctx.Err()
			}
			ended.Add(1)
			return nil
		}}
		s := load(t, "name: a\nshows: b\nphones: {group: all, count: 6}\nsteps: [{step: one, do: [{wait: 1 s}]}]\n")
		s.Steps[0].Do = []Act{act}
		opt := paced(shards, 0)
		opt.Shards, opt.Lab.Workers = shards, workers
		r, err := Run(t.Context(), s, opt)
		require.EqualError(t, err, "shard 2 of 6: step 1, one: fail: phone 2 fails", "%d workers", workers)
		require.Nil(t, r)
		require.EqualValues(t, 2, ended.Load())
	}
}
