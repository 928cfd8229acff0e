package main

import (
	"io/fs"
	"os"
	"os/exec"
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
			s := up(t, "serve", "both-certificates-at-once", "--mode", mode, "--phones", phones, "--api", "127.0.0.1:0")
			require.Contains(t, s.API, "http://127.0.0.1:")
			require.NotEmpty(t, s.Token)
			require.Empty(t, s.Page)
			about, err := os.Stat(s.file)
			require.NoError(t, err)
			require.Equal(t, fs.FileMode(0o600), about.Mode().Perm())

			suite := exec.CommandContext(t.Context(), python, "-B", "-m", "unittest", "-v")
			suite.Dir = "../../examples/api"
			suite.Env = append(os.Environ(), "ITLSIM_READY="+s.file)
			out, err := suite.CombinedOutput()
			require.NoError(t, err, string(out))
			require.Contains(t, string(out), "Ran 3 tests")
		})
	}
}
