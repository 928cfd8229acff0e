//go:build unix

package farm_test

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"

	"itlsim/scenarios/farm"
	"itlsim/scenarios/farm/host"
)

// A worker that stands still for longer than it may has its shard done by one that comes late;
// when it goes on, it does no harm.
func TestStalledWorker(t *testing.T) {
	t.Parallel()
	s := start(t, host.Config{})
	f := dial(t, s.Place(), "run")
	expected := here(t, pack(t, "trust-loss", killed))
	ended := make(chan string, 1)
	go func() { ended <- toTheEnd(t, f, farm.Options{AckWait: soon}) }()
	stalled := begin(t, "worker", placeVariable+"="+s.JoinFile())
	stalled.says("begun")
	stalled.signal(syscall.SIGSTOP)
	begin(t, "worker", placeVariable+"="+s.JoinFile()).says("begun")
	assert.Equal(t, expected, <-ended)
	stalled.signal(syscall.SIGCONT)
	stalled.says("done in")
	assert.Equal(t, expected, toTheEnd(t, f, farm.Options{AckWait: soon, Fresh: true}))
}
