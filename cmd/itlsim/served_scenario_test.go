package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
	"itlsim/lab"
)

// The suite of examples/api, in Python, plays with what `serve` puts up of a scenario: by the
// ready file, which only its owner reads, and in both modes.
func TestSuiteOfTheExamples(t *testing.T) {
	python, phones := sftptest.Program(t, "python3"), "20"
	if os.Getenv("ITLSIM_LONG") != "" {
		phones = "2000"
	}
	for _, mode := range lab.Modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "ready.json")
			var said strings.Builder
			cmd := exec.Command("itlsim", "serve", "both-certificates-at-once", "--mode", mode, "--phones", phones,
				"--api", "127.0.0.1:0", "--ready-file", file)
			cmd.Env = append(os.Environ(), "GORACE=atexit_sleep_ms=0")
			cmd.Stdout, cmd.Stderr = &said, &said
			require.NoError(t, cmd.Start())
			t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
			var r ready
			require.NoError(t, json.Unmarshal(awaitFile(t, file), &r), "it is not ready: %s", &said)
			require.Contains(t, r.API, "http://127.0.0.1:")
			require.NotEmpty(t, r.Token)
			require.Empty(t, r.Page)
			about, err := os.Stat(file)
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(0o600), about.Mode().Perm())

			suite := exec.CommandContext(t.Context(), python, "-B", "-m", "unittest", "-v")
			suite.Dir = "../../examples/api"
			suite.Env = append(os.Environ(), "ITLSIM_READY="+file)
			out, err := suite.CombinedOutput()
			require.NoError(t, err, string(out))
			require.Contains(t, string(out), "Ran 3 tests")
		})
	}
}
