package farm

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"itlsim/internal/bounded"
	"itlsim/internal/build"
	"itlsim/internal/cause"
	"itlsim/internal/contain"
	"itlsim/internal/interval"
	"itlsim/lab"
	"itlsim/scenarios"
)

// A Worker does shards.
type Worker struct {
	Build   string
	Name    string // in what is said of it
	AtATime int    // shards; 0: one
	Said    func(string)
	// Play makes the part of a shard; nil: [Play]. Its error is the shard's: done again it would
	// fail again.
	Play func(ctx context.Context, b *Bundle, shard int, progress func(scenarios.Progress)) (*scenarios.Part, error)

	farm   *Farm
	mu     sync.Mutex
	others map[string]bool // builds whose shards were seen
	last   *Bundle
}

// Times of a worker.
const (
	// fetchTime is how long it waits for a shard before it looks around.
	fetchTime = 5 * time.Second
	// touches is how many times in an AckWait a worker says that it is still at a shard.
	touches = 5
	// progressEvery is how often it tells how far it is.
	progressEvery = time.Second
)

// Work does shards until the context ends. Those that it is at then others are given.
func (w *Worker) Work(ctx context.Context, f *Farm) error {
	w.farm, w.others = f, make(map[string]bool)
	if w.Play == nil {
		w.Play = Play
	}
	var hands sync.WaitGroup
	for range max(1, w.AtATime) {
		hands.Go(func() {
			for ctx.Err() == nil && !f.conn.IsClosed() {
				if !w.next(ctx) {
					pause(ctx)
				}
			}
		})
	}
	hands.Wait()
	if ctx.Err() == nil {
		return fmt.Errorf("the farm has ended the connection: %w", f.conn.LastError())
	}
	return nil
}

// next does one shard, if there is one; where it did nothing and did not wait either, it
// reports false.
func (w *Worker) next(ctx context.Context) (did bool) {
	at, err := w.farm.open(ctx)
	if err != nil {
		return false // nobody has begun a run yet, or the farm does not answer
	}
	workers, err := at.shards.Consumer(ctx, consumerOf(w.Build))
	if err != nil {
		w.lookAround(ctx, at)
		return false
	}
	waits, cancel := context.WithTimeout(ctx, fetchTime)
	defer cancel()
	batch, err := workers.Fetch(1, jetstream.FetchContext(waits))
	if err != nil {
		return false
	}
	for msg := range batch.Messages() {
		w.do(ctx, at, msg, workers.CachedInfo().Config.AckWait)
		did = true
	}
	if !did {
		w.lookAround(ctx, at)
	}
	return did || batch.Error() == nil
}

// do does the shard that a message names, and says meanwhile that it is at it.
func (w *Worker) do(ctx context.Context, at *stores, msg jetstream.Msg, ackWait time.Duration) {
	stop := interval.Every(ackWait/touches, func() { _ = msg.InProgress() }) // the next one may get through
	s, err := readSubject(msg.Subject())
	if err == nil {
		err = w.shard(ctx, at, s, msg)
	}
	stop()
	switch {
	case err == nil:
		_ = msg.DoubleAck(ctx) // what is given out again all the same is found there
	case ctx.Err() != nil:
		_ = msg.Nak() // to somebody else, at once
		_ = w.farm.conn.FlushTimeout(askTime)
	default:
		w.Said(fmt.Sprintf("%s: %s; it is given out again", s.part(), cause.Of(err)))
		_ = msg.NakWithDelay(retryWait)
	}
}

// shard puts what becomes of a shard where the run's command finds it: its part, or why
// there is none. An error is about neither, and may not come again.
func (w *Worker) shard(ctx context.Context, at *stores, s shard, msg jetstream.Msg) error {
	if info, err := at.parts.GetInfo(ctx, s.part()); err == nil && failure(info) == "" {
		return nil // done before, by somebody who could not say so
	}
	b, err := w.bundle(ctx, at, s.run)
	var part []byte
	if err == nil {
		began := time.Now()
		w.Said(fmt.Sprintf("shard %d of %d of %s: begun", s.i, b.Shards, b.Scenario.Name))
		if part, err = w.play(ctx, b, s); err == nil {
			took := time.Since(began).Seconds()
			w.Said(fmt.Sprintf("shard %d of %d of %s: done in %.1f s", s.i, b.Shards, b.Scenario.Name, took))
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if _, own := errors.AsType[*shardError](err); err != nil && !own && !last(msg) {
		return err
	}
	meta := jetstream.ObjectMeta{Name: s.part()}
	if err != nil {
		says := fmt.Sprintf("%.*s (%s)", maxWords, cause.Of(err), w.Name)
		w.Said("shard failed: " + says)
		meta.Headers = nats.Header{failedHeader: {strings.ToValidUTF8(says, "?")}}
	}
	return persist(ctx, func(ctx context.Context) error {
		return at.parts.put(ctx, at.js, meta, part)
	})
}

// last reports whether a shard is given out for the last time.
func last(msg jetstream.Msg) bool {
	given, err := msg.Metadata()
	return err == nil && given.NumDelivered >= maxDeliver
}

// maxWords is how much of an error a worker tells, in bytes.
const maxWords = 2 << 10

// A shardError is one of the shard itself: whoever does it finds it again.
type shardError struct{ error }

func (e *shardError) Unwrap() error { return e.error }

// play plays a shard.
func (w *Worker) play(ctx context.Context, b *Bundle, s shard) (data []byte, err error) {
	var part *scenarios.Part
	var text bytes.Buffer
	fault := contain.Do(func() {
		if part, err = w.Play(ctx, b, s.i, w.tells(s)); err == nil {
			err = part.Write(&text)
		}
	})
	if err = cmp.Or(fault, err); err != nil {
		return nil, &shardError{err}
	}
	if text.Len() > maxPart {
		return nil, &shardError{fmt.Errorf("its part: %w", &bounded.TooLargeError{Most: maxPart})}
	}
	return text.Bytes(), nil
}

// Play plays a shard of a run on one processor.
func Play(ctx context.Context, b *Bundle, shard int, progress func(scenarios.Progress)) (*scenarios.Part, error) {
	s, err := b.Plan()
	if err != nil {
		return nil, err
	}
	return scenarios.RunShard(ctx, s, scenarios.Options{
		Lab:    lab.Options{Mode: lab.Virtual, Seed: b.Seed, Phones: b.Phones, Boots: b.Boots},
		Shards: b.Shards, Pace: b.Pace, Version: build.Version(), Progress: progress,
	}, shard)
}

// tells has the run's command told how far a shard is, at times.
func (w *Worker) tells(s shard) func(scenarios.Progress) {
	var told time.Time
	return func(p scenarios.Progress) {
		if time.Since(told) < progressEvery {
			return
		}
		told = time.Now()
		if data, err := toldOf(s.i, p); err == nil {
			_ = w.farm.conn.Publish(progressSubject+s.run, data) // may be lost
		}
	}
}

// bundle gets the spec of a run and its files; those of the last run are at hand.
func (w *Worker) bundle(ctx context.Context, at *stores, run string) (*Bundle, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last != nil && w.last.Run() == run {
		return w.last, nil
	}
	text, err := at.files.read(ctx, run, maxSpec)
	if err != nil {
		return nil, err
	}
	b := &Bundle{Contents: make(map[string][]byte)}
	if b.Spec, err = ReadSpec(text, run); err != nil {
		return nil, err
	}
	for _, f := range append([]File{b.Scenario}, b.Files...) {
		data, err := at.files.read(ctx, f.Hash, f.Size)
		if err != nil {
			return nil, err
		}
		if hashOf(data) != f.Hash {
			return nil, fmt.Errorf("%s is not what was packed", f.Name)
		}
		b.Contents[f.Hash] = data
	}
	w.last = b
	return b, nil
}

// lookAround says of shards that wait for workers of another build, once for each build.
func (w *Worker) lookAround(ctx context.Context, at *stores) {
	info, err := at.shards.Info(ctx, jetstream.WithSubjectFilter(shardSubject+">"))
	if err != nil {
		return
	}
	waiting := make(map[string]shard)
	for subject := range info.State.Subjects {
		if s, err := readSubject(subject); err == nil && s.build != buildToken(w.Build) {
			waiting[s.build] = s
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for build, s := range waiting {
		text, err := at.files.read(ctx, s.run, maxSpec)
		if w.others[build] || err != nil {
			continue
		}
		if spec, err := ReadSpec(text, s.run); err == nil && len(w.others) < maxOthers {
			w.others[build] = true
			w.Said(fmt.Sprintf("shards of %s wait for workers of build %.100q; this is %.100q and takes none of them",
				spec.Scenario.Name, spec.Build, w.Build))
		}
	}
}

// maxOthers is of how many other builds a worker speaks.
const maxOthers = 100
