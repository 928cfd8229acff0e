package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
	"itlsim/scenarios/report"
)

// soon is what no command takes to end, however busy the machine is: one that takes longer
// never ends. On an idle one it is a tenth of a second, half a second for 40,000 simulated
// phones.
const soon = 5 * time.Minute

// ended waits for a process, and returns its exit code, or minus the signal that killed it.
func ended(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	late := time.AfterFunc(soon, func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	require.True(t, late.Stop(), "%v goes on and on", cmd.Args)
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		return -int(status.Signal())
	}
	return cmd.ProcessState.ExitCode()
}

// start starts itlsim in a directory.
func start(t *testing.T, dir string, args ...string) (cmd *exec.Cmd, out *bytes.Buffer) {
	t.Helper()
	cmd, out = exec.Command("itlsim", args...), &bytes.Buffer{} // found where testscript.Main puts it
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, out, out
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return cmd, out
}

// heedHangups has a hangup end commands also where the tests were started to survive one,
// as by nohup: what is caught here is not ignored by what is started here.
func heedHangups(t *testing.T) {
	t.Helper()
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP)
	t.Cleanup(func() { signal.Stop(caught) })
}

// Each of the three signals ends each command, whatever it is at: it leaves whole files
// or none, and says by 130 that it was interrupted. Only what goes on until interrupted,
// and was up by then, ends with 0.
func TestEndedAtAnyInstant(t *testing.T) {
	heedHangups(t)
	var rows strings.Builder
	for i := range 40_000 {
		fmt.Fprintf(&rows, "SEP0019%08X,Cisco 7965\n", i)
	}
	files := t.TempDir()
	export, plan := filepath.Join(files, "export.csv"), filepath.Join(files, "plan.yaml")
	require.NoError(t, os.WriteFile(export, []byte("Device Name,Device Type\n"+rows.String()), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(files, "devices.csv"), []byte("name,model\n"+rows.String()), 0o600))
	require.NoError(t, os.WriteFile(plan, []byte("name: plan\nshows: a plan\ncluster: {nodes: [{name: pub}]}\n"+
		"phones:\n- {group: all, devices: devices.csv}\nsteps:\n- {step: on, do: [{phones: power on}]}\n"), 0o600))
	commands := map[string]func() []string{
		"new state": func() []string {
			return append(serveSomewhere(), "--state", "kept", "--key-bits", "4096", "--ready-file", "ready.json")
		},
		"serve": func() []string { return append(serveSomewhere(), "--key-bits", "1024", "--ready-file", "ready.json") },
		"demo": func() []string {
			return []string{"demo", "--no-open", "--phones", "200", "--ready-file", "ready.json"}
		},
		"wire": func() []string { return []string{"run", "bulk-reset", "--json", "r.json", "--html", "r.html"} },
		"virtual": func() []string {
			return []string{"run", plan, "--mode", "virtual", "--json", "r.json", "--junit", "r.xml"}
		},
		"import": func() []string { return []string{"import", export, "-o", "plan.yaml"} },
		"fuzz":   func() []string { return []string{"fuzz", "--runs", "1000000"} },
		"phones": func() []string {
			return []string{"phones", "--tftp", "127.0.0.9:20069", "--phones", "3000", "--stay", "--json", "r.json"}
		},
		"list": func() []string { return []string{"list"} },
	}
	played := 0
	for name, args := range commands {
		for _, end := range []struct {
			by    syscall.Signal
			after time.Duration
		}{
			{syscall.SIGINT, 60}, {syscall.SIGTERM, 150}, {syscall.SIGHUP, 400},
			{syscall.SIGINT, 1100}, {syscall.SIGTERM, 1200}, {syscall.SIGHUP, 1000},
		} {
			if played++; !build.Plays(played) {
				continue
			}
			t.Run(fmt.Sprintf("%s/%v after %d ms", name, end.by, end.after), func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				cmd, out := start(t, dir, args()...)
				time.Sleep(end.after * time.Millisecond)
				_ = cmd.Process.Signal(end.by) // it may have ended by itself
				code := ended(t, cmd)
				switch {
				case code == 0:
					require.Regexp(t, "password|stay on|PASSED|Written|trust-loss", out.String(), "it was up, or had ended")
				case code == -int(end.by):
					require.Empty(t, out.String(), "it was about to start")
				default:
					require.Equal(t, exitInterrupted, code, "%s", out)
					require.Contains(t, out.String(), "interrupted")
				}
				checkLeft(t, dir, code)
			})
		}
	}
}

// serveSomewhere is a command line of serve at an address of its own.
func serveSomewhere() []string {
	address := fmt.Sprintf("127.%d.%d.2", 20+rand.IntN(200), rand.IntN(250))
	return []string{"serve", "--address", address, "--port-offset", fmt.Sprint(10000 + rand.IntN(14000))}
}

// checkLeft requires that no temporary file is left, and no report but a whole one.
func checkLeft(t *testing.T, dir string, code int) {
	t.Helper()
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, f := range files {
		switch name := f.Name(); name {
		case "kept": // changes all at once: TestKilledAtAnyInstant
		case "r.json":
			data, err := os.ReadFile(filepath.Join(dir, name))
			require.NoError(t, err)
			require.True(t, json.Valid(data))
		case "r.html", "r.xml":
			require.FileExists(t, filepath.Join(dir, "r.json"))
		case "plan.yaml", "plan-devices-fleet.csv":
			require.Zero(t, code)
		default:
			t.Errorf("%s is left", name)
		}
	}
}

// The report of what there was is kept, whichever signal ends a run.
func TestInterruptedRunsKeepTheirReport(t *testing.T) {
	heedHangups(t)
	for _, sig := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP} {
		t.Run(sig.String(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			r, w, err := os.Pipe()
			require.NoError(t, err)
			cmd := exec.Command("itlsim", "run", "bulk-reset", "--mode", "virtual", "--phones", "5000", "--json", "r.json")
			cmd.Dir, cmd.Stderr = dir, w
			require.NoError(t, cmd.Start())
			w.Close()
			_, err = r.Read(make([]byte, 1)) // the first step has ended
			require.NoError(t, err)
			require.NoError(t, cmd.Process.Signal(sig))
			go func() { _, _ = bytes.NewBuffer(nil).ReadFrom(r) }()
			require.Equal(t, exitInterrupted, ended(t, cmd))
			data, err := os.ReadFile(filepath.Join(dir, "r.json"))
			require.NoError(t, err)
			var kept report.Report
			require.NoError(t, json.Unmarshal(data, &kept))
			require.GreaterOrEqual(t, len(kept.Steps), 1)
			require.False(t, kept.Passed)
			r.Close()
		})
	}
}

// A second signal ends at once what does not end: a report that nobody takes.
func TestSecondSignal(t *testing.T) {
	r, w, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	dir := t.TempDir()
	cmd := exec.Command("itlsim", "run", "bulk-reset", "--mode", "virtual", "--phones", "2000", "--json", "-", "--quiet",
		"--html", "r.html")
	cmd.Dir, cmd.Stdout = dir, w
	require.NoError(t, cmd.Start())
	w.Close()
	_, err = r.Read(make([]byte, 1)) // the report begins, and is more than a pipe holds
	require.NoError(t, err)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	time.Sleep(300 * time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.Equal(t, exitInterrupted, ended(t, cmd))
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

// Who was started to survive a hangup does.
func TestNohup(t *testing.T) {
	dir := t.TempDir()
	args := append([]string{"-c", `trap "" HUP; exec itlsim "$@"`, "sh"}, serveSomewhere()...)
	cmd := exec.Command("sh", append(args, "--key-bits", "1024", "--ready-file", "ready.json")...)
	cmd.Dir = dir
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	require.NotNil(t, awaitFile(t, filepath.Join(dir, "ready.json")))
	require.NoError(t, cmd.Process.Signal(syscall.SIGHUP))
	time.Sleep(300 * time.Millisecond)
	require.NoError(t, cmd.Process.Signal(syscall.Signal(0)), "it goes on")
	require.FileExists(t, filepath.Join(dir, "ready.json"))
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.Zero(t, ended(t, cmd))
	require.NoFileExists(t, filepath.Join(dir, "ready.json"))
}

// Where nobody reads what is printed, commands end without a word, as by SIGPIPE; what
// goes to files is written.
func TestNobodyReads(t *testing.T) {
	const output, errors = "standard output", "standard error"
	for _, c := range []struct {
		args   []string
		unread string // which of these two
	}{
		{[]string{"list"}, output},
		{[]string{"models"}, output},
		{[]string{"--help"}, output},
		{[]string{"run", "bulk-reset", "--mode", "virtual", "--phones", "20", "--quiet", "--json", "-"}, output},
		{[]string{"run", "bulk-reset", "--mode", "virtual", "--phones", "20", "--quiet", "--json", "r.json"}, output},
		{[]string{"run", "bulk-reset", "--mode", "virtual", "--phones", "20", "--json", "r.json"}, errors},
		{[]string{"run", "no-such-scenario"}, errors},
		{[]string{"fuzz", "--runs", "1", "--quiet"}, output},
		{append(serveSomewhere(), "--key-bits", "1024", "--ready-file", "ready.json"), output},
	} {
		t.Run(c.args[0], func(t *testing.T) {
			t.Parallel()
			r, w, err := os.Pipe()
			require.NoError(t, err)
			r.Close()
			var heard bytes.Buffer
			dir := t.TempDir()
			cmd := exec.Command("itlsim", c.args...)
			cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &heard, &heard
			if c.unread == output {
				cmd.Stdout = w
			} else {
				cmd.Stderr = w
			}
			require.NoError(t, cmd.Start())
			w.Close()
			require.Equal(t, exitUnread, ended(t, cmd), "%s", &heard)
			if c.unread == output {
				require.Empty(t, heard.String())
			}
			if c.args[0] == "run" && c.args[len(c.args)-1] == "r.json" {
				require.FileExists(t, filepath.Join(dir, "r.json"))
			}
			checkLeft(t, dir, exitUnread)
		})
	}
}
