package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A demonstration says in its ready file where it is, and takes it back when it
// is interrupted.
func TestDemo(t *testing.T) {
	s := up(t, "demo", "--no-open", "--phones", "2")
	r := s.ready
	require.Len(t, r.Nodes, 2)
	require.NotEmpty(t, r.Nodes[1].SSH)
	require.Equal(t, "admin", r.Admin.User)

	answer, err := http.Get(r.Page)
	require.NoError(t, err)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	require.Contains(t, string(body), `<canvas id="wall"`)

	// back to start, on other ports
	back, err := http.Post(r.Page+"api/v1/cluster/start-anew", "application/json", strings.NewReader("{}"))
	require.NoError(t, err)
	back.Body.Close()
	require.Equal(t, http.StatusOK, back.StatusCode)
	data, err := os.ReadFile(s.file)
	require.NoError(t, err)
	var again ready
	require.NoError(t, json.Unmarshal(data, &again))
	require.Equal(t, r.Page, again.Page)
	require.NotEqual(t, r.Nodes, again.Nodes)

	require.NoError(t, s.cmd.Process.Signal(os.Interrupt))
	require.NoError(t, s.cmd.Wait())
	require.NoFileExists(t, s.file)
}

// A demonstration on ports that something else has says what to do.
func TestDemoPortTaken(t *testing.T) {
	offset := 22000 + rand.IntN(2000)
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.2:%d", 2445+offset))
	require.NoError(t, err)
	defer l.Close()
	var out, errs bytes.Buffer
	args := []string{"demo", "--no-open", "--phones", "2", "--port-offset", fmt.Sprint(offset)}
	require.Equal(t, exitBroken, run(args, streams{&out, &errs}))
	require.Contains(t, errs.String(), "the address is taken by another program\nend the program that uses the address")
	require.Empty(t, out.String())
}
