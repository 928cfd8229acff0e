package main

import (
	"os"
	"os/exec"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"
)

// The heap has its room, however little is alive, and from some size on its share of what is.
func TestTheHeapHasRoom(t *testing.T) {
	const mib = 1 << 20
	for alive, want := range map[uint64]int{ // percent: when the heap is collected, by Go's reckoning
		0:         2500, // 4 MiB times that: 100 MiB
		mib:       2500,
		5 * mib:   1900, // and this is what comes to what is alive
		20 * mib:  400,
		25 * mib:  300,
		30 * mib:  250,
		500 * mib: 250,
	} {
		require.Equal(t, want, gcPercent(250, 100*mib, alive), "of %d MiB that are alive", alive/mib)
	}
}

// A run in small shards collects only when its heap has its room, time and again: each collection
// sets when the next one is due.
func TestShardsUseTheirRoom(t *testing.T) {
	run := exec.Command("itlsim", "run", "bulk-reset", "--mode", "virtual", "--phones", "16000", "--shards", "4", "--quiet")
	run.Env = append(os.Environ(), "GODEBUG=gctrace=1")
	said, err := run.CombinedOutput()
	require.NoError(t, err, "%s", said)
	roomy := regexp.MustCompile(`(?m)^gc .* MB, (9\d|1\d\d) MB goal`).FindAll(said, -1)
	require.Greater(t, len(roomy), 1, "%s", said)
}
