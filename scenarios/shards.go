package scenarios

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"sync"

	"itlsim/cucm/cli"
	"itlsim/fleet"
)

// runShards plays all shards, as many at a time as there are workers, which they share, and
// gives their parts. Where one could not go on, the error is that of the first of these; its
// part comes with it only where it is the whole run.
func runShards(ctx context.Context, s Scenario, opt Options) ([]*Part, error) {
	if opt.Shards <= 1 {
		part, err := RunShard(ctx, s, opt, 0)
		if part == nil {
			return nil, err
		}
		return []*Part{part}, err
	}
	atOnce := min(opt.Shards, max(1, opt.Lab.Workers))
	opt.Lab.Workers = max(1, opt.Lab.Workers/atOnce)
	r := &relay{
		ctx: ctx, scenario: s, opt: opt, failed: opt.Shards, parts: make([]bytes.Buffer, opt.Shards),
		errs: make([]error, opt.Shards), cancel: make([]context.CancelFunc, opt.Shards),
		gauge: NewGauge(opt.Progress, cmp.Or(opt.Lab.Phones, s.Phones()), opt.Shards),
	}
	var playing sync.WaitGroup
	for range atOnce {
		playing.Go(func() {
			for r.next() {
			}
		})
	}
	playing.Wait()
	if r.failed < opt.Shards {
		return nil, fmt.Errorf("shard %d of %d: %w", r.failed, opt.Shards, r.errs[r.failed])
	}
	parts := make([]*Part, opt.Shards)
	for i := range r.parts {
		var err error
		if parts[i], err = ownBounds.read(&r.parts[i]); err != nil {
			return nil, err
		}
	}
	return parts, nil
}

// A relay plays shards, in order; several of its runners do so at a time.
type relay struct {
	ctx      context.Context
	scenario Scenario
	opt      Options
	gauge    *Gauge

	mu     sync.Mutex
	begun  int            // shards
	failed int            // the first of those that could not go on; beyond all where there is none
	parts  []bytes.Buffer // as in files: what a part takes unpacked adds up beside the shards that play
	errs   []error
	cancel []context.CancelFunc
}

// next plays the next shard, and reports whether there may be another one.
func (r *relay) next() bool {
	r.mu.Lock()
	shard := r.begun
	if shard >= r.failed {
		r.mu.Unlock()
		return false
	}
	r.begun++
	ctx, cancel := context.WithCancel(r.ctx)
	r.cancel[shard] = cancel
	r.mu.Unlock()
	defer cancel()
	opt := r.opt
	opt.Progress = r.gauge.Of(shard)
	part, err := RunShard(ctx, r.scenario, opt, shard)
	if err == nil {
		err = part.Write(&r.parts[shard])
	}
	if err != nil {
		r.fail(shard, err)
		return false
	}
	r.gauge.Ended(shard, part)
	return true
}

// fail notes that a shard could not go on, and ends those behind it. Those before it go on:
// so which is the first to fail is the same however many play at a time.
func (r *relay) fail(shard int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.errs[shard], r.failed = err, min(r.failed, shard)
	for _, cancel := range r.cancel[shard:r.begun] {
		cancel()
	}
}

// A Gauge adds up how far shards are.
type Gauge struct {
	show   func(Progress) // nil: nobody wants to know
	phones int            // of all shards

	mu     sync.Mutex
	shards []Progress
	over   []bool
}

// NewGauge is one of so many phones in so many shards. show may be nil.
func NewGauge(show func(Progress), phones, shards int) *Gauge {
	return &Gauge{show: show, phones: phones, shards: make([]Progress, shards), over: make([]bool, shards)}
}

// Of is told how far a shard is; it is nil where nobody wants to know.
func (g *Gauge) Of(shard int) func(Progress) {
	if g.show == nil {
		return nil
	}
	return func(now Progress) {
		g.mu.Lock()
		defer g.mu.Unlock()
		if !g.over[shard] { // else it comes late, or from who plays the shard once more
			g.shards[shard] = now
			g.show(g.sum())
		}
	}
}

// Ended says that a shard is over, and what it gave, which may be from before.
func (g *Gauge) Ended(shard int, part *Part) {
	g.mu.Lock()
	defer g.mu.Unlock()
	r := part.Report
	g.over[shard] = true
	g.shards[shard] = Progress{
		Phones: r.Phones, States: r.States.Counted(), Boots: r.Counts.Boots, Refused: r.Counts.RefusedFiles,
	}
	if g.show != nil {
		sum := g.sum()
		sum.Done = true
		g.show(sum)
	}
}

// sum is all of them: the phones of shards that have not begun are without power, and have
// all left to do.
func (g *Gauge) sum() Progress {
	all := Progress{Shards: len(g.shards)}
	behind := math.MaxInt
	for i, p := range g.shards {
		all.Phones += p.Phones
		all.Left += p.Left
		all.Boots += p.Boots
		all.Refused += p.Refused
		for place, n := range p.States {
			all.States[place] += n
		}
		switch {
		case g.over[i]:
			all.Ended++
		case p.Steps > 0 && p.Step < behind:
			behind = p.Step
			all.Step, all.Steps, all.Name, all.At = p.Step, p.Steps, p.Name, p.At
		}
	}
	waiting := max(0, g.phones-all.Phones)
	all.Phones, all.Left, all.States[fleet.Off] = all.Phones+waiting, all.Left+waiting, all.States[fleet.Off]+waiting
	return all
}

// Shardable is why a scenario cannot be played in shards, nil where it can: a command prints
// what each shard would answer for its own phones.
func (s *Scenario) Shardable() error {
	for i, step := range s.Steps {
		for _, act := range step.Do {
			if act.Verb == TypeCommand && cli.OfPhones(act.Command) {
				return fmt.Errorf("step %d, %s: what “%s” prints depends on the phones, of which a shard has some only: "+
					"%s cannot be played in shards", i+1, step.Name, act.Command, s.Name)
			}
		}
	}
	return nil
}
