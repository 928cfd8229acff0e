package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// unanswered is a run that fails: a question has no answer, a command is refused, and what is
// expected is not so.
const unanswered = `name: unanswered
shows: a question without an answer
phones: [{group: all, count: 20}]
steps:
  - do: [{phones: power on}]
    expect: [all phones are trusted]
  - do:
      - on test10pub: set cert regen CallManager
    expect: [all phones are locked]
`

// Who watches a run changes nothing of it: exit code and report are the same to the byte, but
// for the time that it took.
func TestPageChangesNothing(t *testing.T) {
	file := filepath.Join(t.TempDir(), "unanswered.yaml")
	require.NoError(t, os.WriteFile(file, []byte(unanswered), 0o600))
	for scenario, want := range map[string]int{"bulk-reset": exitPassed, "host-not-found": exitPassed, file: exitFailed} {
		var reports []string
		for _, page := range [][]string{nil, {"--page", "127.0.0.1:0"}} {
			var out, errs bytes.Buffer
			args := append([]string{"run", scenario, "--mode", "virtual", "--phones", "40", "--quiet", "--json", "-"}, page...)
			require.Equal(t, want, run(args, streams{&out, &errs}), errs.String())
			require.Equal(t, page != nil, strings.HasPrefix(errs.String(), "page: http://127.0.0.1:"))
			var r map[string]json.RawMessage
			require.NoError(t, json.Unmarshal(out.Bytes(), &r))
			report := strings.Replace(out.String(), string(r["timing"]), "", 1)
			require.Less(t, len(report), out.Len())
			reports = append(reports, report)
		}
		require.True(t, reports[0] == reports[1], "%s: %s", scenario, cmp.Diff(reports[0], reports[1]))
	}
}

// The page of a run shows it as it goes, takes no acts, tells at last how the run ended, and
// ends with it.
func TestPageOfARun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	hang := strings.Replace(unanswered, "[{phones", "[{fault: the network loses 100% of all datagrams}, {phones", 1)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "hang.yaml"), []byte(hang), 0o600))
	cmd := exec.Command("itlsim", "run", "hang.yaml", "--page", "127.0.0.1:0", "--json", "r.json")
	cmd.Dir = dir
	said, err := cmd.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	lines := bufio.NewScanner(said)
	require.True(t, lines.Scan())
	page := regexp.MustCompile(`^page: (http://127\.0\.0\.1:\d+/)$`).FindStringSubmatch(lines.Text())
	require.NotNil(t, page, lines.Text())
	go func() { _, _ = io.Copy(io.Discard, said) }()

	defer http.DefaultClient.CloseIdleConnections()
	get := func(path string) (*http.Response, string) {
		answer, err := http.Get(page[1] + path)
		require.NoError(t, err)
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer, string(body)
	}
	_, body := get("")
	require.Contains(t, body, "<title>itlsim")
	_, body = get("api/v1/cluster")
	require.Contains(t, body, `"read_only":true`)
	require.NotContains(t, body, "admin_password", "any user of this machine can ask")
	for _, path := range []string{
		"acts", "clock", "tour/next", "labs", "rehearsals", "nodes/test10pub/console", "cluster/start-anew",
	} {
		answer, err := http.Post(page[1]+"api/v1/"+path, "application/json", strings.NewReader("{}"))
		require.NoError(t, err)
		body, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		require.NoError(t, answer.Body.Close())
		require.Equal(t, http.StatusConflict, answer.StatusCode, path)
		require.Contains(t, string(body), "nothing else is done", path)
	}

	stream, err := http.Get(page[1] + "api/v1/watch")
	require.NoError(t, err)
	defer stream.Body.Close()
	news := bufio.NewScanner(stream.Body)
	news.Buffer(nil, 1<<20)
	awaits := func(what string) {
		t.Helper()
		for news.Scan() {
			if strings.Contains(news.Text(), what) {
				return
			}
		}
		t.Fatalf("the page ends without %q: %v", what, news.Err())
	}
	awaits(`"at":0,"shown":0,"running":true`)
	require.NoError(t, cmd.Process.Signal(syscall.SIGINT))
	awaits(`"failed":"interrupted","verdict":"stopped: the run stopped at step 1`)
	require.Equal(t, exitInterrupted, ended(t, cmd))
	_, err = http.Get(page[1])
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
	require.FileExists(t, filepath.Join(dir, "r.json"))
}

// Where a page cannot be, nothing starts.
func TestPageCommandLine(t *testing.T) {
	for _, tc := range []struct {
		args []string
		says string
	}{
		{[]string{"--page", "here"}, "--page here: want address:port"},
		{[]string{"--page", "0.0.0.0:0"}, "--page 0.0.0.0:0 can be reached from other machines: give a --page-token too"},
		{[]string{"--page", "127.0.0.1:0", "--page-token", "secret"}, "--page-token has 6 characters: want 16 or more"},
		{[]string{"--page", "127.0.0.1:0", "--phones", "80001"}, "--page: it has room for 80000 phones at most"},
	} {
		var out, errs bytes.Buffer
		args := append([]string{"run", "bulk-reset", "--mode", "virtual"}, tc.args...)
		require.Equal(t, exitUsage, run(args, streams{&out, &errs}))
		require.Contains(t, errs.String(), tc.says)
		require.Empty(t, out.String())
	}
}
