package main

import (
	"bytes"
	"io"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
	"itlsim/lab"
	"itlsim/scenarios/api"
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
			require.Contains(t, s.suite(python, "-B", "-m", "unittest", "-v"), "Ran 4 tests")
		})
	}
}

// pytest runs the same suite, and Java has one of its own.
func TestSuitesOfOtherRunners(t *testing.T) {
	t.Parallel()
	for name, runner := range map[string]struct {
		program string
		args    []string
		says    string
	}{
		"pytest": {"/usr/bin/python3", []string{"-B", "-m", "pytest", "-q", "-p", "no:cacheprovider"}, "4 passed"},
		"java":   {"java", []string{"Suite.java"}, "passed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			program := sftptest.Program(t, runner.program)
			if name == "pytest" && exec.CommandContext(t.Context(), program, "-c", "import pytest").Run() != nil {
				sftptest.Missing(t, "pytest is not installed")
			}
			if name == "java" { // which compiles it first
				sftptest.Program(t, "javac")
			}
			s := up(t, "serve", "both-certificates-at-once", "--mode", lab.Virtual, "--phones", "20", "--api", "127.0.0.1:0")
			require.Contains(t, s.suite(program, runner.args...), runner.says)
		})
	}
}

// suite runs a suite of examples/api against what is served, and returns what it said.
func (s *served) suite(program string, args ...string) string {
	s.t.Helper()
	suite := exec.CommandContext(s.t.Context(), program, args...)
	suite.Dir = "../../examples/api"
	suite.Env = append(os.Environ(), "ITLSIM_READY="+s.file)
	out, err := suite.CombinedOutput()
	require.NoError(s.t, err, string(out))
	return string(out)
}

// A cluster without phones of its own has an API, too: what others' phones do to it is there,
// and what is done to it is kept in its directory, where it is not started anew.
func TestServedClusterHasAnAPI(t *testing.T) {
	t.Parallel()
	kept := filepath.Join(t.TempDir(), "state")
	s := serve(t, "--state", kept, "--api", "127.0.0.1:0")
	ask := func(status int, method, path, body string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), method, s.API+path, strings.NewReader(body))
		require.NoError(t, err)
		r.Header.Set("Authorization", "Bearer "+s.Token)
		answer, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.Equal(t, status, answer.StatusCode, string(text))
		return string(text)
	}
	require.Contains(t, ask(200, "GET", "/phones", ""), `"matching":0`)
	require.Contains(t, ask(400, "POST", "/acts", `{"do": ["phones: power on"]}`), "there are no phones here")
	require.Contains(t, ask(200, "GET", "/cluster", ""), `"groups":[],"models":[]`)

	var out, errs bytes.Buffer
	phones(&out, &errs, "--tftp", s.Nodes[0].TFTP, "--phones", "2", "--from", "127.2.9.9", "--model", "8861")
	require.Contains(t, ask(200, "GET", "/alarms", ""), `"phone":"SEP`, out.String()+errs.String())
	ask(200, "POST", "/acts", `{"do": [{"on test10pub": "set cert regen CallManager", "answers": ["yes"]},
		"wait: 6 minutes", {"on test10pub": "set cert regen TVS", "answers": ["yes"]}],
		"expect": ["the list of test10pub has changed"]}`)
	list := ask(200, "GET", "/nodes/test10pub/itl", "")
	s.API = strings.TrimSuffix(s.API, api.Prefix)
	require.Contains(t, ask(200, "GET", "/metrics", ""), "\nitlsim_alarms_total{")
	s.API += api.Prefix
	require.Contains(t, ask(409, "POST", "/cluster/start-anew", ""), "it is not started anew")
	require.Contains(t, ask(409, "POST", "/tour", `{"name": "serve"}`), "it is not started anew")

	require.NoError(t, s.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, s.cmd.Wait())
	s = serve(t, "--state", kept, "--api", "0.0.0.0:0") // where it says then, it can be asked
	require.Equal(t, list, ask(200, "GET", "/nodes/test10pub/itl", ""))
}
