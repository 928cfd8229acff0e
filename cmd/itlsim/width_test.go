package main

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
)

// Help is as wide as the terminal that it is read on, unless COLUMNS says otherwise.
func TestHelpIsAsWideAsTheTerminal(t *testing.T) {
	widest := func(columns int, variable string) (most int) {
		cmd := exec.CommandContext(t.Context(), sftptest.Program(t, "expect"), "-")
		cmd.Stdin = strings.NewReader(fmt.Sprintf(
			"set timeout 60\nset stty_init {columns %d}\nspawn -noecho itlsim help run\nexpect eof\n", columns))
		cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "COLUMNS=") })
		if variable != "" {
			cmd.Env = append(cmd.Env, "COLUMNS="+variable)
		}
		out, err := cmd.Output()
		require.NoError(t, err)
		require.Contains(t, string(out), "--explain")
		for line := range strings.Lines(string(out)) {
			most = max(most, len(strings.TrimRight(line, "\r\n")))
		}
		return most
	}
	for _, columns := range []int{100, 160} {
		require.LessOrEqual(t, widest(columns, ""), columns)
		require.Greater(t, widest(columns, ""), columns-20)
	}
	require.LessOrEqual(t, widest(160, "90"), 90)
}
