package api_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/lab"
	"itlsim/scenarios/api"
	"itlsim/scenarios/live"
)

// A watcher watches a lab.
type watcher struct {
	*testing.T
	lines *bufio.Scanner
	cells []byte
}

// watch begins to.
func (c *client) watch() *watcher {
	c.Helper()
	server := httptest.NewServer(c.handler)
	c.Cleanup(server.Close)
	return &watcher{T: c.T, lines: flow(c.T, server.URL+api.Prefix+"/watch", "")}
}

// until reads changes up to one of which something is so. Each is as it is described.
func (w *watcher) until(so func(*live.Update) bool) *live.Update {
	w.Helper()
	for began := time.Now(); w.lines.Scan() && time.Since(began) < 2*time.Minute; {
		data, ok := strings.CutPrefix(w.lines.Text(), "data: ")
		if !ok {
			continue
		}
		require.NoError(w, api.CheckUpdate([]byte(data)), data)
		u := &live.Update{}
		require.NoError(w, json.Unmarshal([]byte(data), u))
		if u.Cells != "" {
			w.cells = []byte(u.Cells)
		}
		for i := 0; i < len(u.Changed); i += 2 {
			w.cells[u.Changed[i]] = "0123456789abcdefghijklmnopqrstuv"[u.Changed[i+1]]
		}
		if so(u) {
			return u
		}
	}
	w.Fatalf("it has not come: %v", w.lines.Err())
	return nil
}

// counted counts cells as whoever draws them does.
func counted(cells string) (n live.Tally) {
	for _, letter := range cells {
		cell := strings.IndexRune("0123456789abcdefghijklmnopqrstuv", letter)
		switch {
		case cell&4 == 0:
			n.Off++
		case cell&3 == 0:
			n.None++
		case cell&3 == 1:
			n.Trusted++
		case cell&3 == 2:
			n.Locked++
		default:
			n.Untrusted++
		}
		if cell&8 != 0 {
			n.Booting++
		}
		if cell&16 != 0 {
			n.Waiting++
		}
	}
	return n
}

// Whatever changes, the five numbers of what is drawn are all phones, and are the cluster's: at
// the end of each act, with phones under way where another is done at once, and when they have
// settled.
func TestNumbersAddUp(t *testing.T) {
	t.Parallel()
	const phones = 60
	c := open(t, lab.Wire, "both-certificates-at-once", phones)
	w := c.watch()
	first := w.until(func(u *live.Update) bool { return u.Cells != "" && u.Trust != nil })
	require.Len(t, first.Held, phones)
	acts := []string{
		`"phones: power on"`, `"phones: reset"`, `"phones: power off"`,
		`{"on test10pub": "set cert regen CallManager", "answers": ["yes"]}`,
		`"40% of the phones: power on"`, `"phones: power on"`, `"phones: reset"`,
	}
	for _, act := range acts { // one ends where the next begins
		c.told(200, "POST", "/acts", `{"wait": false, "do": [`+act+`]}`)
	}
	require.True(t, c.told(200, "POST", "/acts", `{"do": ["wait: 1 minute"]}`).Passed)
	waited, booted := 0, 0
	for i, act := range acts {
		var p live.Picture
		require.NoError(t, json.Unmarshal(c.ask(200, "GET", fmt.Sprintf("/moments/%d", i+1), ""), &p))
		require.Equal(t, counted(p.Cells), p.Tally, act)
		require.Equal(t, phones, p.Phones(), act)
		waited, booted = waited+p.Waiting, booted+p.Booting
		groups := make(map[int32]int)
		for _, group := range p.Held {
			groups[group]++
		}
		for _, g := range p.Trust.Groups {
			require.Equal(t, groups[int32(g.ID)], g.Phones, act)
			delete(groups, int32(g.ID))
		}
		require.Empty(t, groups)
	}
	require.Positive(t, waited)
	require.Positive(t, booted)
	states := c.told(200, "GET", "/cluster", "").States
	settled := func(u *live.Update) bool {
		n := counted(string(w.cells))
		return n.Booting+n.Waiting == 0 && n.Trusted == states["trusted"] && n.Off == states["off"] &&
			len(u.Samples) > 0 && u.Samples[len(u.Samples)-1].Tally == n
	}
	w.until(settled)
}

// Acts that nobody waits for are done when the answer comes, and the phones have not begun yet.
func TestActsThatNobodyWaitsFor(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 4)
	a := c.told(200, "POST", "/acts", `{"do": ["phones: power on"], "wait": false}`)
	require.Equal(t, 4, a.States["off"])
	require.True(t, c.told(200, "GET", "/phones/SEP001BD4000000", "").Waiting)
	require.Contains(t, c.told(400, "POST", "/acts", `{"do": ["wait: 1 minute"], "wait": false,
		"expect": ["all phones are trusted"]}`).Error, "leave wait out")
	a = c.told(200, "POST", "/acts", `{"do": ["wait: 1 minute"], "expect": ["all phones are trusted"]}`)
	require.True(t, a.Passed)
	require.False(t, c.told(200, "GET", "/phones/SEP001BD4000000", "").Waiting)
}

// The ends of the last steps are kept, with all that was seen then, and no more of them.
func TestMoments(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 4)
	c.ask(200, "POST", "/acts", `{"name": "morning", "do": ["phones: power on"]}`)
	c.ask(200, "POST", "/acts", `{"name": "noon", "do": ["phones: power off"]}`)
	var p live.Picture
	require.NoError(t, json.Unmarshal(c.ask(200, "GET", "/moments/1", ""), &p))
	require.Equal(t, "morning", p.Step)
	require.Equal(t, "5555", p.Cells)
	require.Equal(t, 4, p.Trust.Groups[0].Phones)
	require.Equal(t, "test10pub", p.Cluster.Nodes[0].Name)
	for range 49 {
		c.ask(200, "POST", "/acts", `{"do": ["wait: 1 s"]}`)
	}
	var all struct{ Moments []live.Moment }
	require.NoError(t, json.Unmarshal(c.ask(200, "GET", "/moments", ""), &all))
	require.Len(t, all.Moments, 50)
	require.Equal(t, 2, all.Moments[0].Number)
	require.Equal(t, 51, all.Moments[49].Number)
	for path, status := range map[string]int{"1": 410, "2": 200, "51": 200, "52": 404, "0": 404, "x": 404} {
		c.ask(status, "GET", "/moments/"+path, "")
	}
}

// Tours, consoles, clock, phones by columns and the trust picture are as they are described.
func TestWhatIsDrawn(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 4)
	w := c.watch()
	c.ask(200, "GET", "/fleet", "")
	c.ask(200, "GET", "/trust", "")
	c.ask(200, "GET", "/phones/SEP001BD4000000/trust", "")
	c.ask(404, "GET", "/phones/SEP0000000000FF/trust", "")
	c.ask(200, "POST", "/clock", `{"rate": 60}`)
	c.ask(200, "POST", "/clock", `{"advance_s": 60}`)
	for _, bad := range []string{`{"rate": 61}`, `{"rate": 0.5}`, `{"advance_s": -1}`, `{"advance_s": 31622401}`} {
		c.ask(400, "POST", "/clock", bad)
	}

	c.ask(200, "POST", "/nodes/test10pub/console", `{"line": "set cert regen TVS"}`)
	w.until(func(u *live.Update) bool {
		return len(u.Consoles) > 0 && u.Consoles[0].Prompt == "Proceed with regeneration (yes|no)? "
	})
	c.ask(200, "POST", "/nodes/test10pub/console/interrupt", "")
	c.ask(200, "POST", "/nodes/test10pub/console/complete", `{"line": "utils itl r"}`)

	c.ask(200, "GET", "/tours", "")
	c.ask(409, "POST", "/tour/next", "")
	c.ask(404, "POST", "/tour", `{"name": "no such"}`)
	require.Contains(t, c.told(404, "GET", "/tour", "").Error, "none has begun")
	c.ask(200, "POST", "/tour", `{"name": "trust-loss", "playing": false}`)
	require.Equal(t, -1, w.until(func(u *live.Update) bool { return u.Tour != nil }).Tour.At)
	c.ask(200, "POST", "/tour/next", "") // tells the step
	c.ask(200, "POST", "/tour/next", "") // does it
	done := w.until(func(u *live.Update) bool { return u.Tour != nil && u.Tour.At == 0 && !u.Tour.Running })
	require.Equal(t, 1, done.Tour.Steps[0].Moment)
	var now live.TourState
	require.NoError(t, json.Unmarshal(c.ask(200, "GET", "/tour", ""), &now))
	require.Equal(t, *done.Tour, now)
	c.ask(200, "POST", "/tour/pause", "")
	require.NotEmpty(t, c.told(200, "GET", "/phones/SEP001BD4000000", "").Offered)
}

// Those who watch are bounded in number, too.
func TestWatchesAreBounded(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 2)
	for range 16 {
		c.watch().until(func(*live.Update) bool { return true })
	}
	require.Contains(t, c.told(503, "GET", "/watch", "").Error, "16 streams of changes are open already")
}
