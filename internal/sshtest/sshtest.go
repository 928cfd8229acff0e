// Package sshtest types commands with OpenSSH's client, as administrators do.
package sshtest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
)

// Dialogue logs in at an address, and drives the client by expect: each step is what is
// waited for and what is typed then. It returns what was seen, without carriage returns.
// Where the programs are missing, the test is skipped ([sftptest.Program]).
func Dialogue(t testing.TB, address, user, password string, steps ...string) (seen string) {
	t.Helper()
	expect := sftptest.Program(t, "expect")
	client := sftptest.Program(t, "ssh")
	host, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	var tcl strings.Builder
	const options = "-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR " +
		"-o PreferredAuthentications=password -o NumberOfPasswordPrompts=1"
	fmt.Fprintf(&tcl, "set timeout 300\nset stty_init {columns 200}\n")
	fmt.Fprintf(&tcl, "spawn -noecho %s %s -p %s %s@%s\n", client, options, port, user, host)
	steps = append([]string{"assword:", password}, steps...)
	for i := 0; i < len(steps); i += 2 {
		fmt.Fprintf(&tcl, "expect {\n -ex {%[1]s} {}\n timeout {puts {TIMEOUT at %[1]s}; exit 9}\n", steps[i])
		fmt.Fprintf(&tcl, " eof {puts {END at %s}; exit 9}\n}\n", steps[i])
		if i+1 < len(steps) {
			fmt.Fprintf(&tcl, "send -- {%s}\nsend -- \"\\r\"\n", steps[i+1])
		}
	}
	tcl.WriteString("expect eof\n")
	script := filepath.Join(t.TempDir(), "dialogue.exp")
	require.NoError(t, os.WriteFile(script, []byte(tcl.String()), 0o600))
	out, err := exec.CommandContext(t.Context(), expect, script).CombinedOutput()
	require.NoError(t, err, "%s", out)
	return strings.ReplaceAll(string(out), "\r", "")
}
