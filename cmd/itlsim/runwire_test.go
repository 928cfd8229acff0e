//go:build linux

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/scenarios/report"
)

// runOf starts itlsim run on sockets, and its workers.
func runOf(t *testing.T, listen string, at []place, own func(i int) []string, flags ...string) *phonesFarm {
	return byWorkers(t, listen, at, own, append([]string{"run", "bulk-reset"}, flags...)...)
}

// endless is a scenario whose second step goes on until somebody ends it.
func endless(t *testing.T) string {
	name := filepath.Join(t.TempDir(), "endless.yaml")
	require.NoError(t, os.WriteFile(name, []byte(`name: endless
shows: phones that are reset again and again
phones:
  - {group: floor-1, count: 20, tftp: [test10pub, test10sub]}
steps:
  - step: The phones boot
    do:
      - phones: power on
  - step: They are reset again and again
    repeat: 10000 times
    do:
      - phones: reset
`), 0o600))
	return name
}

// endlessOf has two workers play that, and waits until its second step is due.
func endlessOf(t *testing.T) *phonesFarm {
	f := byWorkers(t, "127.0.0.1:0", loopback(2), nothing, "run", endless(t))
	require.Eventually(t, func() bool { return strings.Contains(f.out.String(), "1/2") }, soon, time.Millisecond, "%s", f.out)
	return f
}

// ran is the report of a run.
func (f *phonesFarm) ran() (r report.Report) {
	data, err := os.ReadFile(filepath.Join(f.dir, "r.json"))
	require.NoError(f, err, "%s", f.out)
	require.NoError(f, json.Unmarshal(data, &r))
	return r
}

// passes checks that a run of so many phones came to what it does on one machine.
func passes(f *phonesFarm, phones int) {
	f.Helper()
	require.Zero(f, ended(f.T, f.cmd), "%s", f.out)
	r := f.ran()
	require.True(f, r.Passed)
	require.Equal(f, phones, r.Phones)
	require.Equal(f, phones, r.States.Trusted)
	require.Equal(f, uint64(6*phones), r.Counts.Boots, "each phone's, once")
	told := 0
	for _, s := range r.Stories {
		told += s.Number()
	}
	require.Equal(f, phones, told)
}

// A scenario is played with its clusters in one process and its phones in two others.
func TestRunOfAFarm(t *testing.T) {
	passes(runOf(t, "127.0.0.1:0", loopback(2), nothing, "--phones", "30"), 30)
}

// The same on three machines, as far as namespaces have what machines do.
func TestRunOfMachines(t *testing.T) {
	if os.Getenv("ITLSIM_LONG") == "" {
		t.Skip("network namespaces are for ITLSIM_LONG")
	}
	home, at := namespaces(t, 3)
	own := func(int) []string { return []string{"--target", home + "/30"} }
	passes(runOf(t, home+":0", at, own, "--phones", "300", "--address", home), 300)
}

// A worker that dies, or stands still, ends the run with numbers and the report of the others'
// phones. Those of one that comes back are silent.
func TestRunLosesAWorker(t *testing.T) {
	if os.Getenv("ITLSIM_LONG") == "" {
		t.Skip("it waits for ten seconds")
	}
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGSTOP} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			f := endlessOf(t)
			require.NoError(t, f.workers[1].Process.Signal(signal))
			require.Equal(t, exitBroken, ended(t, f.cmd), "%s", f.out)
			require.Contains(t, f.out.String(), "worker w2 lost 10 phones")
			r := f.ran()
			require.Equal(t, 10, r.Phones)
			require.Contains(t, r.Steps[len(r.Steps)-1].Error, "worker w2 lost 10 phones")
			require.False(t, r.Passed)
			if signal == syscall.SIGSTOP {
				require.NoError(t, f.workers[1].Process.Signal(syscall.SIGCONT))
				require.Eventually(t, func() bool {
					return strings.Contains(f.says[1].String(), "the phones here are silent")
				}, soon, time.Millisecond)
			}
		})
	}
}

// A worker sends to its targets alone, and takes as many phones as it may: what it refuses, the
// run's command says.
func TestRunRefusedByAWorker(t *testing.T) {
	for flag, says := range map[string]string{
		"--target=10.0.0.0/8": "itlsim: worker w1: nothing is sent to 127.0.",
		"--phones-max=4":      "itlsim: worker w1: 5 phones are more than --phones-max 4 allows here",
	} {
		f := runOf(t, "127.0.0.1:0", loopback(1), func(int) []string { return []string{flag} }, "--phones", "5")
		require.Equal(t, exitBroken, ended(t, f.cmd), "%s", f.out)
		require.Contains(t, f.out.String(), says)
	}
}

// An interrupted run ends with a report of all phones, and its workers are free for the next.
func TestRunOfAFarmIsInterrupted(t *testing.T) {
	f := endlessOf(t)
	require.NoError(t, f.cmd.Process.Signal(syscall.SIGTERM))
	require.Equal(t, exitInterrupted, ended(t, f.cmd), "%s", f.out)
	require.Equal(t, 20, f.ran().Phones)
	for i := range f.workers {
		require.Eventually(t, func() bool {
			return strings.Contains(f.says[i].String(), "that run has ended here")
		}, soon, time.Millisecond, fmt.Sprint("worker ", i+1))
	}
}
