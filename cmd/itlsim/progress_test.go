package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/scenarios"
)

// Phones that hang are named once in what stays to be read, and then every half minute; on a
// terminal as long as they do, a line each.
func TestProgressNamesWhoHangs(t *testing.T) {
	now := scenarios.Progress{Step: 2, Steps: 3, Name: "reset", Phones: 9, Left: 7, States: fleet.States{fleet.Off: 9}}
	hangs := now
	hangs.Hangs = &fleet.Unsettled{Left: 7, Slowest: []fleet.Wait{{Phone: "SEP1", For: "its turn"}}}
	const says = "2/3 reset hangs: SEP1 waits for its turn; 6 more have something left to do\n"
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress(&out, false)
		for range 300 { // a minute
			p.show(hangs)
			time.Sleep(200 * time.Millisecond)
		}
		require.Equal(t, says+says, out.String())
		p.show(now)
		p.show(hangs)
		require.Equal(t, says+says+says, out.String(), "they got further, and hang again")
	})
	var out bytes.Buffer
	p := &progress{w: &out, terminal: true}
	p.show(hangs)
	require.Contains(t, out.String(), "\n    SEP1 waits for its turn\n    6 more have something left to do")
	out.Reset()
	p.show(now)
	require.Equal(t, 3, strings.Count(out.String(), "\x1b[K"), "what was drawn is wiped, all three lines")
	require.NotContains(t, out.String(), "SEP1")
}

// Whoever wants no colours gets none; a dumb terminal gets lines.
func TestTerminalsAreHonoured(t *testing.T) {
	now := scenarios.Progress{Step: 2, Steps: 3, Name: "reset", Phones: 9, Left: 7, States: fleet.States{fleet.Off: 9}}
	const colour = "\x1b[90m"
	for _, c := range []struct {
		noColor, term         string
		coloured, onATerminal bool
	}{{"", "xterm", true, true}, {"1", "xterm", false, true}, {"", "dumb", false, false}} {
		t.Setenv("NO_COLOR", c.noColor)
		t.Setenv("TERM", c.term)
		device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0) // a character device, as terminals are
		require.NoError(t, err)
		defer device.Close()
		p := newProgress(device, true)
		require.Equal(t, c.onATerminal, p.terminal)
		var out bytes.Buffer
		p.w = &out
		p.show(now)
		require.Equal(t, c.coloured, strings.Contains(out.String(), colour), c)
		require.Equal(t, c.onATerminal, out.Len() > 0, c)
	}
}

// Who watches a run in shards sees all phones at any time, those of shards that have not begun,
// too, and how many shards are over.
func TestWatchedShards(t *testing.T) {
	const phones, shards = 24, 3
	s, _ := scenarios.Find("trust-loss")
	var out bytes.Buffer
	p := &progress{w: &out, terminal: true, plain: true, watch: true}
	_, err := scenarios.Run(t.Context(), s, scenarios.Options{
		Shards: shards, Progress: p.show, Lab: lab.Options{Mode: lab.Virtual, Phones: phones, Seed: 7, Workers: 2},
	})
	require.NoError(t, err)
	drawings := strings.Split(out.String(), "\x1b[?7l")[1:]
	require.GreaterOrEqual(t, len(drawings), shards*len(s.Steps))
	state := regexp.MustCompile(`(?m)^    [a-z]+ +(\d+)  [█·]+$`)
	for _, d := range drawings {
		require.Regexp(t, `^[0-2]/3 shards, \d/\d [█░]{24} +\d+ left  `, d)
		sum := 0
		for _, bar := range state.FindAllStringSubmatch(d, -1) {
			n, err := strconv.Atoi(bar[1])
			require.NoError(t, err)
			sum += n
		}
		require.Equal(t, phones, sum, d)
	}
	for ended := range shards {
		require.Equal(t, 1, strings.Count(out.String(), fmt.Sprintf("%d/3 shards: ", ended+1)))
	}
}

// A run that nobody answers says whom it waits for, while it does and when it is interrupted.
func TestHangingRun(t *testing.T) {
	t.Parallel()
	var took time.Duration // until it was said that they hang
	for _, quiet := range []bool{false, true} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, "hang.yaml"), []byte(`name: hang
shows: phones that nobody answers
phones: [{group: all, count: 5, models: [8861]}]
steps: [{step: nothing, do: [{fault: the network loses 100% of all datagrams}, {phones: power on}]}]
`), 0o600))
		said, err := os.Create(filepath.Join(dir, "said"))
		require.NoError(t, err)
		defer said.Close()
		args := []string{"run", "hang.yaml", "--boots", "2", "--json", "r.json"}
		if quiet {
			args = append(args, "--quiet")
		}
		cmd := exec.Command("itlsim", args...)
		cmd.Dir, cmd.Stderr = dir, said
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		text := func() string {
			text, err := os.ReadFile(said.Name())
			require.NoError(t, err)
			return string(text)
		}
		hangs := regexp.MustCompile(`1/1 nothing hangs: SEP\w+ waits for CTLSEP\w+\.tlv by HTTP of .*its turn; 2 more`)
		for began := time.Now(); !hangs.MatchString(text()) && took < time.Minute && !quiet; took = time.Since(began) {
			time.Sleep(50 * time.Millisecond)
		}
		if quiet {
			time.Sleep(2 * took)
			require.Empty(t, text())
		}
		require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
		require.Equal(t, exitInterrupted, ended(t, cmd), text())
		require.Regexp(t, `(?m)^itlsim: interrupted: SEP\w+ waits for .*its turn; 2 more have something left to do$`, text())
		require.FileExists(t, filepath.Join(dir, "r.json"))
	}
}
