package farm_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"itlsim/phone"
	"itlsim/scenarios"
	"itlsim/scenarios/farm"
	"itlsim/scenarios/farm/host"
)

// started is an embedded server, and how its run's command and its workers get there.
type started struct {
	*host.Server
	t *testing.T
}

func start(t *testing.T, cfg host.Config) started {
	t.Helper()
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	s, err := host.Start(cfg)
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return started{s, t}
}

// joined is where workers find it.
func (s started) joined() farm.Place {
	place, err := farm.Find(s.JoinFile(), "")
	require.NoError(s.t, err)
	return place
}

// dial connects to a place.
func dial(t *testing.T, at farm.Place, name string) *farm.Farm {
	t.Helper()
	f, err := farm.Dial(at, name, says(t))
	require.NoError(t, err)
	t.Cleanup(f.Close)
	return f
}

// says logs what is said, until the test has ended.
func says(t *testing.T) func(string) {
	var mu sync.Mutex
	over := false
	t.Cleanup(func() { mu.Lock(); defer mu.Unlock(); over = true })
	return func(text string) {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			t.Log(text)
		}
	}
}

// work has a worker at work until stop is called.
func work(t *testing.T, at farm.Place, w *farm.Worker) (stop func()) {
	t.Helper()
	f, err := farm.Dial(at, w.Name, says(t))
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	if w.Said == nil {
		w.Said = says(t)
	}
	done := make(chan error, 1)
	go func() { done <- w.Work(ctx, f) }()
	var once sync.Once
	stop = func() {
		once.Do(func() {
			cancel()
			assert.NoError(t, <-done)
			f.Close()
		})
	}
	t.Cleanup(stop)
	return stop
}

// A run's shards are done by whoever is there, and are found again by the same run, by
// another not, and not where all is to be forgotten.
func TestShardsAreDoneOnce(t *testing.T) {
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	var played atomic.Int32
	for i := range 2 {
		work(t, s.joined(), &farm.Worker{Build: "tests", Name: fmt.Sprint("w", i), AtATime: 2,
			Play: func(
				ctx context.Context, b *farm.Bundle, shard int, p func(scenarios.Progress),
			) (*scenarios.Part, error) {
				played.Add(1)
				return farm.Play(ctx, b, shard, p)
			}})
	}
	run := func(b *farm.Bundle, opt farm.Options) (said []string) {
		opt.Said = func(text string) { said = append(said, text) }
		r, err := f.Run(t.Context(), b, opt)
		require.NoError(t, err)
		assert.Equal(t, here(t, b), timeless(r))
		return said
	}
	b := pack(t, "trust-on-first-use", 9)
	assert.Empty(t, run(b, farm.Options{}))
	assert.Equal(t, int32(9), played.Load())
	var last scenarios.Progress
	there := farm.Options{Progress: func(p scenarios.Progress) { last = p }}
	assert.Equal(t, []string{"9 of 9 parts were there"}, run(b, there))
	assert.NotZero(t, last.Phones)
	assert.Equal(t, last.Phones, last.States[phone.Trusted], "phones of parts that were there are as these say")
	assert.Equal(t, int32(9), played.Load())
	assert.Empty(t, run(b, farm.Options{Fresh: true}))
	assert.Equal(t, int32(18), played.Load())
	other := pack(t, "trust-on-first-use", 4)
	assert.Empty(t, run(other, farm.Options{}))
	assert.Equal(t, int32(22), played.Load())
}

// A shard that fails ends the run with the worker's words, and is tried again by the next one.
func TestFailingShard(t *testing.T) {
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	var fails atomic.Bool
	fails.Store(true)
	work(t, s.joined(), &farm.Worker{Build: "tests", Name: "w", Play: func(
		ctx context.Context, b *farm.Bundle, shard int, p func(scenarios.Progress),
	) (*scenarios.Part, error) {
		if shard == 2 && fails.Load() {
			return nil, errors.New("phones need longer than a pace of 1m0s for act 3: try --pace 2m0s")
		}
		return farm.Play(ctx, b, shard, p)
	}})
	b := pack(t, "trust-on-first-use", 4)
	_, err := f.Run(t.Context(), b, farm.Options{})
	failed, ok := errors.AsType[*farm.FailedError](err)
	require.True(t, ok, "%v", err)
	assert.Equal(t, "shard 2 of 4: phones need longer than a pace of 1m0s for act 3: try --pace 2m0s (w)", failed.Error())
	fails.Store(false)
	_, err = f.Run(t.Context(), b, farm.Options{})
	assert.NoError(t, err)
}

// A worker of another build takes nothing, and says so.
func TestAnotherBuild(t *testing.T) {
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	said := make(chan string, 10)
	work(t, s.joined(), &farm.Worker{Build: "older", Name: "w", Said: func(text string) { said <- text },
		Play: func(context.Context, *farm.Bundle, int, func(scenarios.Progress)) (*scenarios.Part, error) {
			return nil, errors.New("a shard of another build")
		}})
	ended := make(chan error, 1)
	go func() {
		_, err := f.Run(t.Context(), pack(t, "trust-on-first-use", 2), farm.Options{})
		ended <- err
	}()
	assert.Equal(t, `shards of trust-on-first-use.yaml wait for workers of build "tests"; this is "older" and `+
		`takes none of them`, <-said)
	work(t, s.joined(), &farm.Worker{Build: "tests", Name: "w"})
	assert.NoError(t, <-ended)
}

// With its address, its certificate and its token a server on a network is known; with one of
// them wrong nobody gets anywhere.
func TestJoiningByTLS(t *testing.T) {
	s := start(t, host.Config{Listen: "0.0.0.0:0", Store: filepath.Join(t.TempDir(), "store")})
	info, err := os.Stat(s.JoinFile())
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	text, err := os.ReadFile(s.JoinFile())
	require.NoError(t, err)
	join, err := farm.ParseJoin(string(text))
	require.NoError(t, err)
	dialled := func(j farm.Join) error {
		place, err := farm.Joining(j.String())
		require.NoError(t, err)
		f, err := farm.Dial(place, "w", says(t))
		if err == nil {
			f.Close()
		}
		return err
	}
	assert.NoError(t, dialled(join))
	wrong := join
	wrong.Token = "0123456789abcdef"
	assert.ErrorContains(t, dialled(wrong), "Authorization")
	wrong = join
	wrong.Certificate = "00" + wrong.Certificate[2:]
	assert.ErrorContains(t, dialled(wrong), "not the one of the join string")
}
