package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/scenarios/api"
)

// A reader reads the events of a lab.
type reader struct {
	t     *testing.T
	lines *bufio.Scanner
	last  string // id
}

// listen opens a stream, behind an event where that is not "".
func listen(t *testing.T, url, after string) *reader {
	t.Helper()
	return &reader{t, flow(t, url+"/events", after), after}
}

// flow opens a stream and scans its lines.
func flow(t *testing.T, url, after string) *bufio.Scanner {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, "GET", url, nil)
	require.NoError(t, err)
	r.Header.Set("Last-Event-ID", after)
	answer, err := http.DefaultTransport.RoundTrip(r)
	require.NoError(t, err)
	t.Cleanup(func() { answer.Body.Close() })
	require.Equal(t, 200, answer.StatusCode)
	lines := bufio.NewScanner(answer.Body)
	lines.Buffer(nil, 8<<20)
	return lines
}

// read reads an event, as it is written.
func (r *reader) read() (kind, text string) {
	r.t.Helper()
	for r.lines.Scan() {
		name, value, _ := strings.Cut(r.lines.Text(), ": ")
		switch name {
		case "id":
			r.last = value
		case "event":
			kind = value
		case "data":
			return kind, value
		}
	}
	require.FailNow(r.t, "the stream ended", "%v", r.lines.Err())
	return "", ""
}

// until reads on to an event of a kind that has these words in it.
func (r *reader) until(kind, words string) (data map[string]any) {
	r.t.Helper()
	for {
		is, text := r.read()
		if is == kind && strings.Contains(text, words) {
			require.NoError(r.t, json.Unmarshal([]byte(text), &data))
			return data
		}
	}
}

// Streams tell of acts, phones and logs, go on where the last one ended, and say what is
// lost.
func TestEvents(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 40)
	server := httptest.NewServer(c.handler)
	t.Cleanup(server.Close)
	r := listen(t, server.URL+api.Prefix, "")
	r.lines.Scan() // that it is open
	c.ask(200, "POST", "/acts", `{"do": ["phones: power on"]}`)
	r.until("act", "phones: power on")
	booted := r.until("phone", `"state":"trusted"`)
	require.Contains(t, booted["phone"], "SEP001BD4")
	require.Contains(t, r.until("log", "EndPointRegistered")["line"], "EndPointRegistered")
	left := r.last
	c.lab.Cluster.Publisher().LoginFailed("mallory", "127.0.0.9")
	require.Contains(t, r.until("log", "AuthenticationFailed")["line"], "mallory")

	c.ask(200, "POST", "/acts", `{"do": ["on test10pub: set cert regen CallManager"], "answers": ["yes"]}`)
	again := listen(t, server.URL+api.Prefix, left)
	again.until("act", "set cert regen CallManager")

	require.Equal(t, 0.0, listen(t, server.URL+api.Prefix, "other-7").until("lost", "")["events"])

	// A reader that is behind by more than is kept learns it, and so does the simulation
	// nothing of it.
	for range 60 {
		c.ask(200, "POST", "/acts", `{"do": ["phones: power off", "phones: power on", "phones: reset"]}`)
	}
	require.Greater(t, listen(t, server.URL+api.Prefix, left).until("lost", "")["events"], 0.0)

	now := listen(t, server.URL+api.Prefix, "")
	now.lines.Scan()
	c.ask(200, "POST", "/cluster/start-anew", "")
	now.until("anew", "")
	c.ask(200, "POST", "/acts", `{"do": ["phones: power on"]}`)
	now.until("phone", `"state":"trusted"`)
}

// As many events are kept as a fleet has in a boot, and more: who keeps up with a whole fleet's
// power-on misses nothing, and who sleeps learns that it did, and holds up nobody.
func TestEventsOfAFleet(t *testing.T) {
	phones := 40_000
	if build.Raced { // which takes ten times as long
		phones = 8_000
	}
	c := open(t, lab.Virtual, "bulk-reset", phones)
	server := httptest.NewServer(c.handler)
	t.Cleanup(server.Close)
	awake, asleep := listen(t, server.URL+api.Prefix, ""), listen(t, server.URL+api.Prefix, "")
	c.ask(200, "POST", "/acts", `{"do": ["phones: power on"]}`)
	trusted := make(map[string]bool)
	for len(trusted) < phones {
		kind, text := awake.read()
		require.NotEqual(t, "lost", kind)
		if kind == "phone" && strings.Contains(text, `"state":"trusted"`) {
			_, name, _ := strings.Cut(text, `"phone":`)
			trusted[name[:len(`"SEP001BD4000000"`)]] = true
		}
	}
	c.ask(200, "POST", "/acts", `{"do": ["phones: reset", "phones: reset"]}`)
	require.Greater(t, asleep.until("lost", "")["events"], 0.0)
}

// Streams are bounded in number.
func TestStreamsAreBounded(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 2)
	server := httptest.NewServer(c.handler)
	t.Cleanup(server.Close)
	for range 16 {
		listen(t, server.URL+api.Prefix, "")
	}
	require.Contains(t, c.told(503, "GET", "/events", "").Error, "16 streams of events are open already")
}
