package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/wire"
	"itlsim/internal/sftptest"
	"itlsim/phone"
	"itlsim/tftp"
)

// tftpd runs Debian's tftpd-hpa over a folder until the test ends.
func tftpd(t *testing.T, host, dir string) (address string) {
	t.Helper()
	path := sftptest.Program(t, "in.tftpd")
	if os.Getuid() != 0 {
		t.Skip("in.tftpd changes its root, which takes root")
	}
	beside, err := net.Listen("tcp4", host+":0") // where phones ask for files by HTTP, and nobody is
	require.NoError(t, err)
	require.NoError(t, beside.Close())
	address = fmt.Sprintf("%s:%d", host, beside.Addr().(*net.TCPAddr).Port-tftp.HTTPOffset)
	cmd := exec.Command(path, "--listen", "--foreground", "--address", address, "--secure", dir)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return address
}

// Phones that stay on tell what happens to them, a line each, and what came of all of them
// when they get a signal and at their end: here of somebody else's TFTP server, whose files
// are spoilt and then replaced by others that a TVS vouches for.
func TestPhonesThatStay(t *testing.T) {
	cluster, _ := listening(t, []string{"127.2.1.12", "127.2.1.13"})
	dir, kept := t.TempDir(), t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o755))
	names := []string{"SEP001BD4000000", "SEP001BD4000001"}
	serve := func(name string, data []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o644))
	}
	copyFiles := func() {
		for _, name := range []string{"ITLFile.tlv", names[0] + ".cnf.xml.sgn", names[1] + ".cnf.xml.sgn"} {
			data, err := cluster.Publisher().File(name)
			require.NoError(t, err)
			serve(name, data)
		}
		for _, name := range names { // asked for before there is a list
			data, err := cluster.Publisher().File(name + ".cnf.xml")
			require.NoError(t, err)
			serve(name+".cnf.xml", data)
		}
	}
	copyFiles()
	said, err := os.Create(filepath.Join(t.TempDir(), "said"))
	require.NoError(t, err)
	defer said.Close()
	cmd := exec.Command("itlsim", "phones", "--tftp", tftpd(t, "127.2.1.14", dir), "--phones", "2", "--model", "8861",
		"--from", "127.2.9.1", "--stay", "--json", "r.json")
	cmd.Dir, cmd.Stdout, cmd.Stderr = kept, said, said
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	says := func(line string) {
		t.Helper()
		var text []byte
		for i := range 3000 { // a minute
			if i%100 == 99 {
				cluster.ResetPhones() // who boots misses one
			}
			if text, err = os.ReadFile(said.Name()); err == nil && regexp.MustCompile(line).Match(text) {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
		t.Fatalf("nobody said %q in:\n%s", line, text)
	}
	outcome := func() (r phonesReport) {
		data, err := os.ReadFile(filepath.Join(kept, "r.json"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &r), "it is whole whenever somebody looks")
		return r
	}
	says("The phones stay on")
	require.Equal(t, 2, outcome().States["trusted"])

	serve("ITLFile.tlv", []byte("no list"))
	cluster.ResetPhones()
	for _, name := range names {
		says(name + " trusted → locked: ITLFile.tlv refused: ")
	}
	require.Equal(t, 2, outcome().States["trusted"], "as when it was written last")
	require.NoError(t, cmd.Process.Signal(syscall.SIGUSR1))
	require.Eventually(t, func() bool { return outcome().States["locked"] == 2 }, time.Minute, 20*time.Millisecond)
	r := outcome()
	require.Len(t, r.Each, 2)
	require.Equal(t, names[1], r.Each[1].Name)
	require.Equal(t, "locked", r.Each[1].State)
	require.Equal(t, "8861", r.Each[1].Model)
	require.Equal(t, "127.2.9.2", r.Each[1].IP)
	require.Equal(t, "Reset-Reset", r.Each[1].RestartCause)
	require.Contains(t, r.Each[1].Refused[0], "ITLFile.tlv refused: ")
	require.NotEmpty(t, r.Each[1].CallManager)
	held := r.Each[1].ITL

	require.NoError(t, cluster.Publisher().Regenerate(cucm.CallManager))
	copyFiles()
	cluster.ResetPhones()
	for _, name := range names {
		says(name + " locked → trusted: list by (TVS|an earlier TVS answer), configuration by the stored ITL\n")
	}
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
	require.Zero(t, ended(t, cmd))
	r = outcome()
	require.Equal(t, 2, r.States["trusted"])
	require.NotEqual(t, held, r.Each[1].ITL)
	require.Empty(t, r.Each[1].Refused)
	checkLeft(t, kept, 0)
}

// Who resets thousands is told of a few and of how many more there are, and a log of weeks
// does not grow without end.
func TestChangesAreBounded(t *testing.T) {
	const phones = 2 * toldInAll
	c := newChanges(phones)
	boots := func(from, to int, state phone.State) {
		for i := from; i < to; i++ {
			c.Changed(i, fleet.Condition{On: true, Booting: true})
			if state == phone.Untrusted {
				c.Judged(i, phone.Verdict{Refusal: &phone.Refusal{
					File: tftp.Name{Kind: tftp.ITL, Device: fmt.Sprint("SEP", i)}, Reason: &phone.LostError{Why: "why"},
				}})
			} else {
				c.Judged(i, phone.Verdict{File: tftp.Name{Kind: tftp.ITL}, By: phone.ByITL})
				c.Changed(i, fleet.Condition{On: true, Booting: true, Waiting: true, State: c.states[i]}) // a reset comes
				c.Judged(i, phone.Verdict{File: tftp.Name{Kind: tftp.SignedConfig}, By: phone.ByITL})
			}
			c.Changed(i, fleet.Condition{On: true, State: state})
		}
	}
	at := time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	second := func() []string {
		var b bytes.Buffer
		at = at.Add(time.Second)
		c.write(&b, at, func(i int) string { return fmt.Sprint("SEP", i) })
		return strings.Split(strings.TrimSuffix(b.String(), "\n"), "\n")
	}
	boots(0, phones, phone.Trusted)
	require.Equal(t, []string{""}, second(), "nobody asked yet")
	c.telling = true
	boots(0, phones, phone.Trusted)
	require.Equal(t, []string{""}, second(), "nothing has changed")

	boots(0, 1950, phone.Untrusted)
	boots(1940, 1950, phone.Trusted)
	lines := second()
	require.Len(t, lines, toldAtOnce+2)
	require.Contains(t, lines[9], "2026-05-01 12:00:03 SEP9 trusted → untrusted: ITLSEP9.tlv refused: ")
	require.Equal(t, []string{
		"2026-05-01 12:00:03 … and 10 more became trusted", "2026-05-01 12:00:03 … and 1940 more became untrusted",
	}, lines[10:])
	boots(0, 1, phone.Trusted)
	require.Equal(t, []string{
		"2026-05-01 12:00:04 SEP0 untrusted → trusted: list by the stored ITL, configuration by the stored ITL",
	}, second())
	require.Empty(t, c.boots, "who has booted is forgotten")

	told := toldAtOnce + 1
	for i := 2000; told < toldInAll; i += toldAtOnce {
		boots(i, i+toldAtOnce, phone.Untrusted)
		lines = second()
		told += min(toldAtOnce, toldInAll-told)
	}
	require.Equal(t, "These were 10000 changes. From now on they are only counted, every 1m0s.", lines[len(lines)-1])
	for range 59 {
		boots(0, 1, phone.Untrusted)
		boots(0, 1, phone.Trusted)
		require.Equal(t, []string{""}, second())
	}
	lines = second()
	require.Len(t, lines, 2)
	require.Regexp(t, " 59 became trusted$", lines[0])
}

// Phones count as quiet when no boot has begun or ended for so long.
func TestSettleQuietly(t *testing.T) {
	f, err := wire.New(wire.Config{Clock: wallClock{}})
	require.NoError(t, err)
	defer f.Close()
	happens, began := newChanges(1), time.Now()
	const moment = 200 * time.Millisecond
	time.AfterFunc(moment, func() { happens.Changed(0, fleet.Condition{On: true, Booting: true}) })
	time.AfterFunc(3*moment, func() { happens.Changed(0, fleet.Condition{On: true}) })
	require.NoError(t, settleQuietly(t.Context(), f, happens, 2*moment))
	require.GreaterOrEqual(t, time.Since(began), 5*moment)
	ctx, cancel := context.WithTimeout(t.Context(), moment)
	defer cancel()
	require.ErrorIs(t, settleQuietly(ctx, f, happens, time.Hour), context.DeadlineExceeded)
	require.NoError(t, settleQuietly(t.Context(), f, happens, 0))
}
