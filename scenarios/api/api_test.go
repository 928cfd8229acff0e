package api_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/api"
	"itlsim/scenarios/live"
)

// A client speaks with the API of a lab.
type client struct {
	*testing.T
	handler http.Handler
	lab     *live.Lab
}

// open puts a scenario up.
func open(t *testing.T, mode, name string, phones int) *client {
	t.Helper()
	c := &client{T: t}
	var current atomic.Pointer[live.Lab] // streams look for it from elsewhere
	put := func(name string) *live.Lab {
		c.lab = openLab(t, mode, name, phones)
		current.Store(c.lab)
		return c.lab
	}
	put(name)
	h := api.New(api.Config{
		Lab:     current.Load,
		Options: func() lab.Options { return lab.Options{Keys: testkeys.NewPool(1), KeyBits: 1024} },
		StartAnew: func(context.Context) error {
			put(name)
			return nil
		},
		Tours: scenarios.Builtin(),
		StartTour: func(_ context.Context, tour string, playing bool) error {
			l := put(cmp.Or(tour, name))
			if tour != "" {
				l.BeginTour(playing)
			}
			return nil
		},
	})
	t.Cleanup(func() { require.NoError(t, h.Close()) })
	c.handler = h
	return c
}

func openLab(t testing.TB, mode, name string, phones int) *live.Lab {
	t.Helper()
	s, ok := scenarios.Find(name)
	require.True(t, ok)
	l, err := live.Open(s, lab.Options{Mode: mode, Phones: phones, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024})
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	return l
}

// ask sends a request and takes the answer's body, which has this status.
func (c *client) ask(status int, method, path, body string) []byte {
	c.Helper()
	r := httptest.NewRequest(method, api.Prefix+path, strings.NewReader(body))
	rw := httptest.NewRecorder()
	c.handler.ServeHTTP(rw, r)
	require.Equal(c, status, rw.Code, "%s %s: %s", method, path, rw.Body)
	require.NoError(c, api.CheckAnswer(method, path, status, rw.Header(), rw.Body.Bytes()))
	if status < 300 && body != "" {
		require.NoError(c, api.CheckRequest(method, path, []byte(body)))
	}
	return rw.Body.Bytes()
}

// told is an answer as JSON.
func (c *client) told(status int, method, path, body string) (v answer) {
	c.Helper()
	text := c.ask(status, method, path, body)
	require.NoError(c, json.Unmarshal(text, &v), string(text))
	return v
}

// answer is what the tests read of answers.
type answer struct {
	Passed   bool
	Name     string
	Error    string
	Problems []struct {
		In, Text, Message string
		Line, Column      int
	}
	Expectations []struct {
		Text, Why string
		Passed    bool
	}
	Do       []struct{ Printed string }
	States   map[string]int
	ID, Mode string
	Labs     []struct{ ID string }
	Busy     string
	Matching int
	Next     string
	Phones   json.RawMessage
	Group    string
	State    string
	Waiting  bool
	Offered  []struct{ File string }
	Node     string
	ITL      *struct{ SHA1, Signer string }
	Settings *struct {
		SettingsAccess bool `json:"settings_access"`
	}
	Status []struct{ Text string }
	Story  struct {
		Cure     string
		Chapters []struct{ Name, State, Why string }
	}
	Nodes []struct {
		Name, Role string
		ITL        *struct{ SHA1 string }
	}
	Alarms, Entries []logEntry
}

// A logEntry is one of a log, or an alarm.
type logEntry struct {
	At                                    time.Time
	Node, Phone, Status, ITL, Alarm, Line string
}

// names are those of a page of phones.
func (c *client) names(a answer) (names []string) {
	c.Helper()
	var listed []struct{ Name string }
	require.NoError(c, json.Unmarshal(a.Phones, &listed))
	for _, p := range listed {
		names = append(names, p.Name)
	}
	return names
}

// Phones lose their trust by two certificates renewed while they are off, and get it back,
// all by requests, in both modes.
func TestTrustIsLostAndRegained(t *testing.T) {
	for _, mode := range lab.Modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			c := open(t, mode, "both-certificates-at-once", 12)
			a := c.told(200, "POST", "/acts", `{"do": ["phones: power on"], "expect": ["all phones are trusted"]}`)
			require.True(t, a.Passed)
			require.Equal(t, 12, a.States["trusted"])
			require.Equal(t, "all phones are trusted", a.Expectations[0].Text)

			a = c.told(200, "POST", "/acts", `{"name": "both are renewed", "do": [
				"phones: power off",
				"on test10pub: set cert regen CallManager", "wait: 6 minutes",
				"on test10pub: set cert regen TVS", "phones: power on"
			], "answers": {
				"on test10pub: set cert regen CallManager": ["yes"], "on test10pub: set cert regen TVS": ["yes"]
			}}`)
			require.True(t, a.Passed, "%+v", a)
			require.Equal(t, "both are renewed", a.Name)
			require.True(t, c.told(200, "POST", "/expect", `{"expect": ["all phones are untrusted"]}`).Passed)

			a = c.told(200, "GET", "/phones/SEP001BD4000003", "")
			require.Equal(t, "untrusted", a.State)
			require.Contains(t, a.Story.Cure, "utils itl reset localkey")
			require.Equal(t, "both are renewed", a.Story.Chapters[len(a.Story.Chapters)-1].Name)
			require.NotEmpty(t, a.Story.Chapters[len(a.Story.Chapters)-1].Why)
			require.NotEmpty(t, a.Status)
			require.NotNil(t, a.Settings)
			held, err := itl.ParseList(c.ask(200, "GET", "/phones/SEP001BD4000003/itl", ""))
			require.NoError(t, err)
			require.Equal(t, a.ITL.SHA1, fmt.Sprintf("%x", held.SHA1()))

			a = c.told(200, "POST", "/acts", `{
				"do": ["on test10pub: utils itl reset localkey"], "answers": ["ciscocisco"]}`)
			require.True(t, a.Passed, "%+v", a)
			a = c.told(200, "POST", "/acts", `{"do": ["phones: reset"], "expect": ["all phones are trusted"]}`)
			require.True(t, a.Passed, "%+v", a)

			alarms := c.told(200, "GET", "/alarms?limit=3", "").Alarms
			require.Len(t, alarms, 3)
			require.Equal(t, "Match", alarms[2].Status)
			log := c.told(200, "GET", "/log?node=test10pub&limit=1000", "")
			var seen []string
			for _, e := range log.Entries {
				seen = append(seen, e.Alarm)
				require.Contains(t, e.Line, e.Alarm)
			}
			require.Contains(t, seen, "ITLFileRegenerated")

			require.Equal(t, 12, c.told(200, "POST", "/cluster/start-anew", "").States["off"])
		})
	}
}

// What is not understood is told as in a file, all of it, and nothing is done.
func TestWhatIsNotUnderstood(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 4)
	a := c.told(400, "POST", "/acts", `{"do": ["phones: power on", "phones: powr off", "phnes: power on"],
		"expect": ["all phones are trustd"]}`)
	require.Len(t, a.Problems, 3)
	_, err := scenarios.Load("tonight.yaml", []byte(`
name: tonight
shows: what a file is told
phones:
  - {group: floor-1, count: 40}
steps:
  - do:
      - phones: powr off
    expect:
      - all phones are trustd
`), nil)
	var inFile scenarios.Problems
	require.ErrorAs(t, err, &inFile)
	require.Equal(t, "do[1]", a.Problems[0].In)
	require.Equal(t, inFile[0].Message, a.Problems[0].Message)
	require.Equal(t, len("phones: ")+1, a.Problems[0].Column)
	require.Equal(t, inFile[0].Column-len("      - "), a.Problems[0].Column)
	require.Equal(t, 1, a.Problems[1].Column)
	require.Equal(t, "expect[0]", a.Problems[2].In)
	require.Equal(t, inFile[1].Message, a.Problems[2].Message)
	require.Equal(t, inFile[1].Column-len("      - "), a.Problems[2].Column)
	require.Equal(t, 4, c.told(200, "GET", "/phones?state=off", "").Matching)

	for request, says := range map[string]string{
		`{"do": []}`:                             "do has 1 to 100 acts",
		`{"do": ["phones: power on"], "do": []}`: "twice",
		`{"done": []}`:                           "unknown field",
		`{"do": ["wait: 1 minute", "wait: 1 minute"], "answers": ["y"]}`:             "for one act",
		`{"do": ["wait: 1 minute"], "answers": {"on test10pub: show itl": []}}`:      "no such act",
		`{"do": [` + strings.Repeat(`"wait: 1 minute",`, 100) + `"wait: 1 minute"]}`: "1 to 100",
	} {
		require.Contains(t, c.told(400, "POST", "/acts", request).Error, says, request)
	}
	require.Contains(t, c.told(413, "POST", "/acts", `{"do": ["`+strings.Repeat("x", 64<<10)+`"]}`).Error, "too large")
}

// An expectation that fails says what is the case; an act that cannot be done, why.
func TestWhatDoesNotComeTrue(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 4)
	a := c.told(200, "POST", "/expect", `{"expect": ["all phones are trusted", "no phones are trusted"]}`)
	require.False(t, a.Passed)
	require.Contains(t, a.Expectations[0].Why, "4 of 4 are without a trust list")
	require.True(t, a.Expectations[1].Passed)
	a = c.told(200, "POST", "/acts", `{"do": ["on test10pub: utils itl reset localkey"], "answers": ["wrong"]}`)
	require.False(t, a.Passed)
	require.Contains(t, a.Expectations[0].Why, "password is wrong")
	a = c.told(200, "POST", "/acts", `{"do": ["on test10pub: set cert regen CallManager"]}`) // and waits for nobody
	require.False(t, a.Passed)
	require.Equal(t, `no answer is given to "Proceed with regeneration (yes|no)?"`, a.Expectations[0].Why)
	a = c.told(409, "POST", "/acts", `{"do": ["phones picked last: power on"]}`)
	require.False(t, a.Passed)
	require.Contains(t, a.Error, "no act was on a part of the phones yet")
}

// A command that must be refused, and what one must print, is said and judged as in a file.
func TestWhatCommandsSay(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 2)
	a := c.told(200, "POST", "/acts", `{"do": [
		{"on test10pub": "set cert regen CallManager", "answers": ["yes"], "prints": ["Successfully Regenerated"]},
		{"on test10pub": "set cert regen TVS", "refused": "modified in the last 5 minutes", "answers": ["yes"]},
		{"on test10pub": "show itl", "prints": ["TVS", "no such thing"]},
		{"on test10pub": "show itl", "refused": "in vain"}]}`)
	require.False(t, a.Passed)
	var judged []string
	for _, e := range a.Expectations {
		judged = append(judged, fmt.Sprint(e.Passed, " ", e.Text))
	}
	require.Equal(t, []string{
		`true on test10pub: set cert regen CallManager prints "Successfully Regenerated"`,
		`true on test10pub: set cert regen TVS is refused: modified in the last 5 minutes`,
		`true on test10pub: show itl prints "TVS"`,
		`false on test10pub: show itl prints "no such thing"`,
		`false on test10pub: show itl is refused`,
	}, judged)
	require.Contains(t, a.Do[0].Printed, "\nProceed with regeneration (yes|no)? yes\n")
	for request, says := range map[string]string{
		`{"do": [{"phones": "power on", "refused": "x"}]}`:                     "only a command",
		`{"do": [{"phones": "power on", "wait": "1 minute"}]}`:                 "an act is one thing",
		`{"do": [{"answers": ["y"]}]}`:                                         "an act is a key and a value",
		`{"do": [7]}`:                                                          "an act is a text, or an object",
		`{"do": [{"on test10pub": 7}]}`:                                        "\"on test10pub\" of an act",
		`{"do": [{"on test10pub": "show itl", "on test10pub": "show itl"}]}`:   "twice",
		`{"do": [{"on test10pub": "show itl", "answers": []}], "answers": []}`: "two lists",
	} {
		require.Contains(t, c.told(400, "POST", "/acts", request).Error, says, request)
	}
}

// Phones come page by page, each once, whatever is asked for.
func TestPagesOfPhones(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 25)
	c.ask(200, "POST", "/acts", `{"do": ["40% of the phones: power on"]}`)
	for _, query := range []string{
		"state=none", "state=trusted", "state=off", "limit=1000", "group=" + c.lab.GroupNames()[0],
		"model=" + c.lab.Models()[0],
	} {
		var all []string
		whole := c.told(200, "GET", "/phones?"+query, "")
		for next := ""; ; {
			page := c.told(200, "GET", "/phones?"+strings.ReplaceAll(query, "limit=1000", "")+"&limit=4&after="+next, "")
			all = append(all, c.names(page)...)
			require.Equal(t, whole.Matching, page.Matching)
			if next = page.Next; next == "" {
				break
			}
		}
		require.Equal(t, c.names(whole), all, query)
		require.Len(t, all, whole.Matching)
	}
	require.Equal(t, 10, c.told(200, "GET", "/phones?state=trusted", "").Matching)
	for path, status := range map[string]int{
		"/phones?state=lost": 400, "/phones?limit=0": 400, "/phones?limit=1001": 400, "/phones?group=x": 404,
		"/phones?model=x": 404, "/phones?after=SEP000000000000": 404, "/phones/SEP000000000000": 404,
		"/nodes/x": 404, "/nodes/test10pub/ltl": 404, "/nodes/test10pub/ctl": 404, "/log?node=x": 404,
		"/alarms?limit=many": 400, "/phones/SEP001BD4000000/ctl": 404,
		"/phones?stat=off": 400, "/phones?limit=1&limit=2": 400, "/phones?state=%zz": 400, "/cluster?state=off": 400,
		"/labs?limit=1": 400, "/nodes/test10pub/itl?as=txt": 400,
	} {
		require.NotEmpty(t, c.told(status, "GET", path, "").Error, path)
	}
}

// A log is read page by page from the beginning, each entry once, and on from there as it grows;
// alarms likewise, those of both clusters by their time.
func TestPagesOfLogs(t *testing.T) {
	c := open(t, lab.Virtual, "migration-bulk-certificates", 6)
	require.Empty(t, c.told(200, "GET", "/alarms", "").Alarms)
	c.ask(200, "POST", "/acts", `{"do": ["phones: power on", "50% of the phones: move to the other cluster",
		"phones: reset", "wait: 1 minute", "phones: reset"]}`)
	of := func(a answer) []logEntry { return append(a.Entries, a.Alarms...) }
	for path, beginning := range map[string]string{"/log?node=" + c.lab.NodeNames()[0]: "0", "/alarms?": "0,0"} {
		whole := c.told(200, "GET", path+"&limit=1000", "")
		require.Greater(t, len(of(whole)), 10)
		var all []logEntry
		next := beginning
		for {
			page := c.told(200, "GET", path+"&limit=4&after="+next, "")
			if next = page.Next; len(of(page)) == 0 {
				break
			}
			all = append(all, of(page)...)
		}
		require.Equal(t, of(whole), all)
		require.Equal(t, whole.Next, next)
		newest := c.told(200, "GET", path+"&limit=3", "")
		require.Equal(t, all[len(all)-3:], of(newest))
		require.Equal(t, next, newest.Next)

		c.ask(200, "POST", "/acts", `{"do": ["phones: reset", "phones: erase the trust list"]}`)
		require.NotEmpty(t, of(c.told(200, "GET", path+"&after="+next, "")))
	}
	alarms := c.told(200, "GET", "/alarms", "").Alarms
	nodes := make(map[string]bool)
	for _, a := range alarms {
		nodes[a.Node] = true
	}
	require.Len(t, nodes, 2)
	require.True(t, slices.IsSortedFunc(alarms, func(a, b logEntry) int { return a.At.Compare(b.At) }))
	for _, after := range []string{"x", "1,2,3", "99999999", "-1"} {
		require.Contains(t, c.told(400, "GET", "/log?after="+after, "").Error, "want next of an answer", after)
	}
}

// A node's list comes as its bytes or as `show itl` prints it.
func TestListsOfNodes(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 2)
	n := c.lab.Cluster.Publisher()
	require.Equal(t, n.ITL().Bytes(), c.ask(200, "GET", "/nodes/test10pub/itl", ""))
	require.Equal(t, itl.Show(n.ITL(), time.UTC), string(c.ask(200, "GET", "/nodes/test10pub/itl?as=text", "")))
	a := c.told(200, "GET", "/cluster", "")
	require.Equal(t, "publisher", a.Nodes[0].Role)
	require.Equal(t, fmt.Sprintf("%x", n.ITL().SHA1()), a.Nodes[0].ITL.SHA1)
}

// What there is not is told as all else that cannot be done, with what there is.
func TestUnknownPathsAndMethods(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 2)
	for request, says := range map[string]string{
		"GET /api/v1/phnes":        "404 there is no /api/v1/phnes; under /api/v1 there are /acts,",
		"GET /api/v1/phones/x/y/z": "404 there is no /api/v1/phones/x/y/z; under",
		"GET /":                    "404 under /api/v1 there are /acts,",
		"GET /api/v1/acts":         "405 /api/v1/acts takes POST, not GET",
		"DELETE /api/v1/phones":    "405 /api/v1/phones takes GET, HEAD, not DELETE",
		"POST /metrics":            "405 /metrics takes GET, HEAD, not POST",
		"PUT /api/v1/nodes/x/ltl":  "405 /api/v1/nodes/x/ltl takes GET, HEAD, not PUT",
	} {
		method, path, _ := strings.Cut(request, " ")
		rw := httptest.NewRecorder()
		c.handler.ServeHTTP(rw, httptest.NewRequest(method, path, nil))
		status, text, _ := strings.Cut(says, " ")
		require.Equal(t, status, fmt.Sprint(rw.Code), request)
		require.NoError(t, api.CheckAnswer("GET", "/cluster", rw.Code, rw.Header(), rw.Body.Bytes()))
		require.Contains(t, rw.Body.String(), text, request)
		require.Equal(t, rw.Code == 405, rw.Header().Get("Allow") != "")
	}
	rw := httptest.NewRecorder()
	c.handler.ServeHTTP(rw, httptest.NewRequest("GET", "/metrics", nil))
	require.Contains(t, rw.Body.String(), "\nitlsim_registrations 0\n")
}

// The description is served, and whatever else is asked for in these tests is checked against it.
func TestDescription(t *testing.T) {
	c := open(t, lab.Virtual, "both-certificates-at-once", 2)
	require.Contains(t, string(c.ask(200, "GET", "/openapi.yaml", "")), "openapi: 3.1.0")
	require.True(t, json.Valid(c.ask(200, "GET", "/openapi.json", "")))
	c.ask(200, "GET", "/nodes/test10pub", "")
	require.Error(t, api.CheckAnswer("GET", "/cluster", 200, http.Header{"Content-Type": {"application/json"}},
		[]byte(`{"scenario": "half of it"}`)))
	require.Error(t, api.CheckAnswer("POST", "/expect", 200, http.Header{"Content-Type": {"application/json"}},
		[]byte(`{"passed": true, "name": "", "do": [], "at_s": 0, "states": {}, "groups": [],
			"expectations": [], "more": 1}`)))
}

// The requests that docs/api.md shows do what they say, one after the other.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/api.md")
	require.NoError(t, err)
	c := open(t, lab.Virtual, "bulk-reset", 4)
	asks := regexp.MustCompile(
		`(?m)^\$ (?:LAB=\$\()?ask '?(/[^ '\n]+)'?(?: -d '(.+?)')?(?: -X (DELETE))?(?: \| jq -r \.id\))?$`).
		FindAllStringSubmatch(string(page), -1)
	require.Greater(t, len(asks), 10)
	id := ""
	for _, ask := range asks {
		path, body, method := strings.ReplaceAll(ask[1], "$LAB", id), ask[2], ask[3]
		switch {
		case path == "/labs":
			id = c.told(201, "POST", path, body).ID
		case body == "":
			c.ask(200, cmp.Or(method, "GET"), path, "")
		case path == "/rehearsals":
			require.Contains(t, string(c.ask(200, "POST", path, body)), `"lost"`)
		default:
			require.True(t, c.told(200, "POST", path, body).Passed, body)
		}
	}
}

// While one request is at work others wait for a while, and are told what for.
func TestBusy(t *testing.T) {
	t.Parallel()
	c := open(t, lab.Virtual, "both-certificates-at-once", 2)
	free := make(chan struct{})
	began := make(chan struct{})
	go c.lab.Turn(t.Context(), "a long step", func() error { close(began); <-free; return nil })
	<-began
	require.Equal(t, "a long step", c.told(200, "GET", "/cluster", "").Busy)
	a := c.told(409, "POST", "/acts", `{"do": ["phones: power on"]}`)
	require.Contains(t, a.Error, `busy with "a long step"`)
	close(free)
	require.True(t, c.told(200, "POST", "/acts", `{"do": ["phones: power on"]}`).Passed)
	require.Empty(t, c.told(200, "GET", "/cluster", "").Busy)

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := c.lab.Turn(t.Context(), "one", func() error {
		return c.lab.Turn(ctx, "another", func() error { return errors.New("it had a turn") })
	})
	require.ErrorIs(t, err, context.Canceled)
}
