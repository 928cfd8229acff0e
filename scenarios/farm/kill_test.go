package farm_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"itlsim/scenarios/farm"
	"itlsim/scenarios/farm/host"
)

// soon is an AckWait for tests: who dies is missed after it, and who lives on a busy machine is not.
const soon = 3 * time.Second

// killed is how many shards the run has in whose middle processes are killed.
const killed = 8

// toTheEnd runs until it does not end because a shard was killed three times.
func toTheEnd(t *testing.T, f *farm.Farm, opt farm.Options) string {
	t.Helper()
	b := pack(t, "trust-loss", killed)
	for range 100 {
		report, err := f.Run(t.Context(), b, opt)
		if _, failed := errors.AsType[*farm.FailedError](err); failed {
			t.Log(err)
			opt.Fresh = false
			continue
		}
		require.NoError(t, err)
		return timeless(report)
	}
	require.FailNow(t, "it never ends")
	return ""
}

// kills is how many workers are killed in a test.
func kills(t *testing.T) int {
	n := os.Getenv("ITLSIM_KILLS")
	if n == "" {
		return 4
	}
	times, err := strconv.Atoi(n)
	require.NoError(t, err)
	return times / 2
}

// Workers are killed at random instants, others come in their places, and the report is that of
// one process.
func TestWorkersKilledAtAnyInstant(t *testing.T) {
	t.Parallel()
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	expected := here(t, pack(t, "trust-loss", killed))
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 1))
	crew := make([]*process, 2)
	for i := range crew {
		crew[i] = begin(t, "worker", placeVariable+"="+s.JoinFile())
	}
	for times := kills(t); times > 0; {
		ended := make(chan string, 1)
		go func() { ended <- toTheEnd(t, f, farm.Options{AckWait: soon, Fresh: true}) }()
		report := ""
		for report == "" {
			select {
			case report = <-ended:
			case <-time.After(time.Duration(chance.IntN(1500)) * time.Millisecond):
				if times > 0 {
					times--
					i := chance.IntN(len(crew))
					crew[i].kill()
					crew[i] = begin(t, "worker", placeVariable+"="+s.JoinFile())
				}
			}
		}
		require.Equal(t, expected, report)
	}
}

// A run's command is killed, with the server in it, and run again: it goes on with the parts
// that were there, and the workers find it.
func TestCommandKilled(t *testing.T) {
	t.Parallel()
	store := filepath.Join(t.TempDir(), "store")
	at := storeVariable + "=" + freeAddress(t) + " " + store
	command := begin(t, "run", at)
	var worker *process
	require.Eventually(t, func() bool {
		_, err := os.Stat(filepath.Join(store, "join"))
		return err == nil
	}, time.Minute, 10*time.Millisecond)
	worker = begin(t, "worker", placeVariable+"="+filepath.Join(store, "join"))
	worker.says("done in")
	worker.says("begun")
	command.kill()
	worker.says("does not answer")
	command = begin(t, "run", at)
	there := command.says("parts were there")
	assert.Regexp(t, `^[1-7] of 8 parts were there$`, there)
	assert.Equal(t, "report "+hashOf(here(t, pack(t, "trust-loss", killed))), command.says("report "))
}

// freeAddress is one that nobody listens at.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// A shard in whose middle every worker dies ends the run, also where its command was away when
// it was given out for the last time; the same command then tries it again.
func TestShardThatKills(t *testing.T) {
	t.Parallel()
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	b := pack(t, "bulk-reset", 1)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := f.Run(ctx, b, farm.Options{AckWait: soon / 4})
		ended <- err
	}()
	for range 3 { // each begins, and is never heard of again
		w := begin(t, "worker", placeVariable+"="+s.JoinFile())
		w.says("begun")
		w.kill()
	}
	work(t, s.joined(), &farm.Worker{Build: "tests", Name: "w"}) // asks for more
	err := <-ended
	cancel()
	assert.ErrorContains(t, err, "shard 0 of 1: 3 workers began it, and none came to its end")
	_, err = f.Run(t.Context(), b, farm.Options{})
	assert.NoError(t, err)
}

// Shards that were removed from the queue while nobody was at them come back: two commands of one
// run may be there, of which one is interrupted.
func TestTwoCommandsOfOneRun(t *testing.T) {
	t.Parallel()
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	b := pack(t, "trust-on-first-use", 3)
	interrupted, interrupt := context.WithCancel(t.Context())
	ended := make(chan error, 2)
	go func() {
		_, err := f.Run(interrupted, b, farm.Options{AckWait: soon})
		ended <- err
	}()
	other := dial(t, s.Place(), "run")
	reports := make(chan string, 1)
	go func() {
		r, err := other.Run(t.Context(), pack(t, "trust-on-first-use", 3), farm.Options{AckWait: soon})
		reports <- timeless(r)
		ended <- err
	}()
	queued := func() uint64 {
		shards, err := f.JetStream().Stream(t.Context(), "itlsim-shards")
		if err != nil {
			return 0
		}
		return shards.CachedInfo().State.Msgs
	}
	require.Eventually(t, func() bool { return queued() == 3 }, time.Minute, 10*time.Millisecond)
	time.Sleep(soon / 4) // both wait
	interrupt()
	require.ErrorIs(t, <-ended, context.Canceled)
	work(t, s.joined(), &farm.Worker{Build: "tests", Name: "w"})
	assert.Equal(t, here(t, b), <-reports)
	require.NoError(t, <-ended)
}
