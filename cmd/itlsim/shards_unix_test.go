//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// peak is how many KiB of memory a command line of itlsim takes at most.
func peak(t *testing.T, line ...string) int64 {
	cmd := exec.Command("itlsim", line...)     // found where testscript.Main puts it
	cmd.Env = append(os.Environ(), "GOGC=100") // what is alive counts, not how long garbage may lie
	said, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s: %s", strings.Join(line, " "), said)
	return int64(cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
}

// Sixteen shards, one at a time, take as much memory as one of them. (A report's JSON takes what
// the names of all phones do, whoever played them.)
func TestShardsTakeTheMemoryOfOne(t *testing.T) {
	if os.Getenv("ITLSIM_LONG") == "" {
		t.Skip("it plays 160,000 phones; ITLSIM_LONG=1 does")
	}
	line := []string{"run", "bulk-reset", "--mode", "virtual", "--phones", "160000", "--shards", "16", "--quiet"}
	one := peak(t, append(line, "--shard", "3", "--part", filepath.Join(t.TempDir(), "3.part"))...)
	all := peak(t, line...)
	t.Logf("one shard %d KiB, sixteen %d KiB", one, all)
	require.Less(t, float64(all), 1.3*float64(one))
}
