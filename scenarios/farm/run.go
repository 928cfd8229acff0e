package farm

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"itlsim/scenarios"
	"itlsim/scenarios/report"
)

// Options of a run on a farm.
type Options struct {
	Fresh    bool                     // forget the parts that are there
	AckWait  time.Duration            // how long a worker may be out of touch; 0: 10 s
	Said     func(string)             // what people may want to know; nil: nobody does
	Progress func(scenarios.Progress) // of all shards together; nil: nobody looks
	Command  string                   // what the report says plays the run again
}

// Of a shard that a worker is at.
const (
	usualAckWait = 10 * time.Second // workers at a load of 25 kept their shards
	maxDeliver   = 3                // times it is given out
)

// A FailedError ends a run: one Shard, from 0, of so many cannot be done.
type FailedError struct {
	Shard, Of int
	Says      string // the worker's words
}

func (e *FailedError) Error() string { return fmt.Sprintf("shard %d of %d: %s", e.Shard, e.Of, e.Says) }

// Run has workers do the shards of a run, and makes its report of their parts. What is there
// already of the same run is not done again. When it ends, however it ends, no shard of the run
// is given out any more. Errors are a [*FailedError], of the farm, and those of
// [scenarios.Merge]; none comes with a report.
func (f *Farm) Run(ctx context.Context, b *Bundle, opt Options) (*report.Report, error) {
	began := time.Now()
	parts, err := f.parts(ctx, b, opt)
	if err != nil {
		return nil, err
	}
	r, err := scenarios.Merge(parts)
	if err != nil {
		return nil, err
	}
	r.Command = opt.Command
	r.Cost(time.Since(began).Seconds(), r.Timing.CPUS, r.Timing.PeakRSSBytes)
	return r, nil
}

// parts has them made, and gives them by number.
func (f *Farm) parts(ctx context.Context, b *Bundle, opt Options) ([]*scenarios.Part, error) {
	if opt.AckWait == 0 {
		opt.AckWait = usualAckWait
	}
	if opt.Said == nil {
		opt.Said = func(string) {}
	}
	kept, err := f.prepare(ctx, b.Build, opt.AckWait)
	if err != nil {
		return nil, err
	}
	plan, err := b.Plan()
	if err != nil {
		return nil, err
	}
	r := &running{
		stores: kept, conn: f.conn, Bundle: b, opt: opt, run: b.Run(), got: make([]*scenarios.Part, b.Shards),
		left: b.Shards, gauge: scenarios.NewGauge(opt.Progress, cmp.Or(b.Phones, plan.Phones()), b.Shards),
	}
	err = r.collect(ctx)
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), askTime)
	defer cancel()
	_ = r.retract(end) // where the farm is gone, the shards go when their day is over
	return r.got, err
}

// running is a run that is under way.
type running struct {
	*stores
	*Bundle
	conn  *nats.Conn
	opt   Options
	run   string
	got   []*scenarios.Part // by shard
	left  int               // parts
	gauge *scenarios.Gauge
}

func (r *running) shard(i int) shard { return shard{buildToken(r.Build), r.run, i} }

// retract takes back the shards of the run that are not done.
func (r *running) retract(ctx context.Context) error {
	every := shardSubject + buildToken(r.Build) + "." + r.run + ".*"
	return r.shards.Purge(ctx, jetstream.WithPurgeSubject(every))
}

// collect gives the shards out and waits for the parts.
func (r *running) collect(ctx context.Context) error {
	if r.opt.Fresh {
		if err := r.forget(ctx); err != nil {
			return err
		}
	}
	if err := r.put(ctx); err != nil {
		return err
	}
	watch, err := r.parts.Watch(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = watch.Stop() }()
	for info := range watch.Updates() {
		if info == nil {
			break // all that was there
		}
		if err := r.found(ctx, info); err != nil {
			return err
		}
	}
	if there := r.Shards - r.left; there > 0 {
		r.opt.Said(fmt.Sprintf("%d of %d parts were there", there, r.Shards))
	}
	if r.left == 0 {
		return nil
	}
	return r.await(ctx, watch.Updates())
}

// found takes up a part from before. What had failed is tried again.
func (r *running) found(ctx context.Context, info *jetstream.ObjectInfo) error {
	if i, ours := r.mine(info); ours && failure(info) != "" {
		return r.parts.Delete(ctx, partName(r.run, i))
	}
	return r.take(ctx, info)
}

// mine is the shard that an object is the part of.
func (r *running) mine(info *jetstream.ObjectInfo) (i int, is bool) {
	run, i, err := readPartName(info.Name)
	return i, err == nil && run == r.run && i < r.Shards && !info.Deleted
}

// take reads a part, if it is of this run and was not read before.
func (r *running) take(ctx context.Context, info *jetstream.ObjectInfo) error {
	i, ours := r.mine(info)
	if !ours || r.got[i] != nil {
		return nil
	}
	if says := failure(info); says != "" {
		return &FailedError{i, r.Shards, says}
	}
	var data []byte
	if err := persist(ctx, func(ctx context.Context) (err error) {
		data, err = r.parts.read(ctx, info.Name, maxPart)
		return err
	}); err != nil {
		return err
	}
	part, err := scenarios.ReadPart(bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("shard %d of %d: %w", i, r.Shards, err)
	}
	r.got[i] = part
	r.left--
	r.gauge.Ended(i, part)
	return nil
}

// forget removes what is there of the run.
func (r *running) forget(ctx context.Context) error {
	if err := r.retract(ctx); err != nil {
		return err
	}
	for i := range r.Shards {
		err := r.parts.Delete(ctx, partName(r.run, i))
		if err != nil && !isMissing(err) {
			return err
		}
	}
	return nil
}

// put puts the spec and the files where workers find them.
func (r *running) put(ctx context.Context) error {
	spec := r.Spec.Bytes()
	for hash, data := range r.Contents {
		if err := r.putFile(ctx, hash, data); err != nil {
			return err
		}
	}
	return r.putFile(ctx, r.run, spec)
}

// putFile puts a file, unless it is there and stays for as long as the shards may.
func (r *running) putFile(ctx context.Context, hash string, data []byte) error {
	info, err := r.files.GetInfo(ctx, hash)
	if err == nil && time.Since(info.ModTime) < filesKept-kept-time.Hour {
		return nil
	}
	return r.files.put(ctx, r.js, jetstream.ObjectMeta{Name: hash}, data)
}

// await gives out the shards that are missing, and waits for the parts.
func (r *running) await(ctx context.Context, updates <-chan *jetstream.ObjectInfo) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	lost, err := r.watchLost(ctx)
	if err != nil {
		return err
	}
	progress := make(chan *nats.Msg, 64)
	heard, err := r.conn.ChanSubscribe(progressSubject+r.run, progress)
	if err != nil {
		return err
	}
	defer func() { _ = heard.Unsubscribe() }()
	if err := r.enqueue(ctx); err != nil {
		return err
	}
	again := time.NewTicker(enqueueTimes * r.opt.AckWait)
	defer again.Stop()
	for r.left > 0 {
		select {
		case <-again.C:
			if err := r.enqueue(ctx); err != nil {
				return err
			}
		case info, open := <-updates:
			if !open {
				return errors.New("the farm shows its parts no more")
			}
			if info == nil {
				continue
			}
			if err := r.take(ctx, info); err != nil {
				return err
			}
		case advisory := <-lost:
			if err := r.given(ctx, advisory); err != nil {
				return err
			}
		case msg := <-progress:
			hear(msg.Data, r.Shards, r.gauge.Of)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// given is told of a shard that was given out for the last time, and not done.
func (r *running) given(ctx context.Context, advisory []byte) error {
	s, _, waits := r.lostAt(ctx, advisory)
	if !waits || s.run != r.run || s.i >= r.Shards || r.got[s.i] != nil {
		return nil
	}
	return &FailedError{s.i, r.Shards, fmt.Sprintf("%d workers began it, and none came to its end", maxDeliver)}
}

// watchLost watches for shards that nobody will be given any more. Those of before are
// removed, so that they can be given out again.
func (r *running) watchLost(ctx context.Context) (<-chan []byte, error) {
	info, err := r.lost.Info(ctx)
	if err != nil {
		return nil, err
	}
	for i := info.State.FirstSeq; i <= info.State.LastSeq && info.State.Msgs > 0; i++ {
		msg, err := r.lost.GetMsg(ctx, i)
		if err != nil {
			continue // it went when its day was over
		}
		if s, sequence, waits := r.lostAt(ctx, msg.Data); waits && s.run == r.run {
			if err := r.shards.DeleteMsg(ctx, sequence); err != nil {
				return nil, err
			}
		}
	}
	news, err := r.lost.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{
		DeliverPolicy: jetstream.DeliverByStartSequencePolicy, OptStartSeq: info.State.LastSeq + 1,
	})
	if err != nil {
		return nil, err
	}
	watch, err := news.Messages()
	if err != nil {
		return nil, err
	}
	advisories := make(chan []byte)
	go func() {
		defer watch.Stop()
		for {
			msg, err := watch.Next(jetstream.NextContext(ctx))
			if err != nil {
				return
			}
			select {
			case advisories <- msg.Data():
			case <-ctx.Done():
			}
		}
	}()
	return advisories, nil
}

// enqueueTimes is after how many AckWaits shards are given out again: those that wait still are
// refused, and those that somebody has removed meanwhile, such as another command of the same
// run that was interrupted, come back.
const enqueueTimes = 6

// enqueue gives out the shards whose parts are missing. One that waits already, or that a
// worker is at, since a command before this one gave it out, stays as it is.
func (r *running) enqueue(ctx context.Context) error {
	try := nats.NewInbox() // so that one is not given out twice where an answer was lost
	for i := range r.Shards {
		if r.got[i] != nil {
			continue
		}
		s := r.shard(i)
		if err := persist(ctx, func(ctx context.Context) error {
			_, err := r.js.Publish(ctx, s.subject(), nil, jetstream.WithMsgID(s.part()+"."+try))
			if isQueued(err) {
				return nil
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

// isQueued reports whether a shard was refused because it waits already.
func isQueued(err error) bool {
	refused, ok := errors.AsType[*jetstream.APIError](err)
	return ok && strings.Contains(refused.Description, "maximum messages per subject exceeded")
}

// failure is what a worker says of a shard that failed, "" where it did not.
func failure(info *jetstream.ObjectInfo) string { return info.Headers.Get(failedHeader) }

// failedHeader is where a worker says, in place of a part, why there is none.
const failedHeader = "Itlsim-Failed"
