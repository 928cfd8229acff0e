//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/sftptest"
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
