package api_test

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/lab"
	"itlsim/scenarios/api"
)

// openLab opens a lab by the API, and gives the beginning of its paths.
func (c *client) openLab(request string) (path string) {
	c.Helper()
	a := c.told(201, "POST", "/labs", request)
	require.NotEmpty(c, a.ID)
	return "/labs/" + a.ID
}

// A scenario file that a program sends.
const smallPlan = `
name: small
shows: what a program sent
phones:
  - {group: floor-1, count: 3}
steps:
  - do: [phones: power on]
`

// Labs of both modes play side by side, each its own story; what one does holds up no other,
// and none is like the process's own.
func TestLabsSideBySide(t *testing.T) {
	t.Parallel()
	c := open(t, lab.Virtual, "bulk-reset", 5)
	t.Run("labs", func(t *testing.T) {
		for _, mode := range lab.Modes {
			t.Run(mode, func(t *testing.T) {
				t.Parallel()
				c := &client{t, c.handler, c.lab}
				path := c.openLab(fmt.Sprintf(`{"name": "both-certificates-at-once", "mode": %q, "phones": 6}`, mode))
				a := c.told(200, "POST", path+"/acts", `{"do": ["phones: power on", "phones: power off",
					{"on test10pub": "set cert regen CallManager", "answers": ["yes"]}, "wait: 6 minutes",
					{"on test10pub": "set cert regen TVS", "answers": ["yes"]}, "phones: power on"],
					"expect": ["all phones are untrusted"]}`)
				require.True(t, a.Passed, "%+v", a)
				require.Equal(t, 6, c.told(200, "GET", path+"/phones?state=untrusted", "").Matching)
				require.Equal(t, mode, c.told(200, "GET", path+"/cluster", "").Mode)
				require.Equal(t, 6, c.told(200, "POST", path+"/cluster/start-anew", "").States["off"])
				require.Equal(t, mode, c.told(200, "DELETE", path, "").Mode)
				require.Contains(t, c.told(404, "GET", path+"/cluster", "").Error, "it has ended")
			})
		}
	})
	require.Equal(t, 5, c.told(200, "GET", "/cluster", "").States["off"], "nothing was done to the process's own")
	require.Empty(t, c.told(200, "GET", "/labs", "").Labs)
}

// While one lab is busy others do what they are told, and the end of the busy one ends what is
// under way there.
func TestBusyLabHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	c := open(t, lab.Virtual, "bulk-reset", 2)
	server := httptest.NewServer(c.handler)
	t.Cleanup(server.Close)
	busy, free := c.openLab(`{"name": "bulk-reset", "mode": "wire", "phones": 4}`), c.openLab(`{"name": "bulk-reset",
		"mode": "virtual", "phones": 4, "seed": 7}`)
	ended := make(chan answer)
	stream := listen(t, server.URL+api.Prefix+busy, "")
	go func() {
		r := httptest.NewRequest("POST", api.Prefix+busy+"/acts", strings.NewReader(
			`{"do": ["fault: the network delays datagrams by 900 ms", "phones: power on"]}`))
		rw := httptest.NewRecorder()
		c.handler.ServeHTTP(rw, r)
		var a answer
		_ = json.Unmarshal(rw.Body.Bytes(), &a)
		ended <- a
	}()
	stream.until("act", "phones: power on")
	for _, path := range []string{free, ""} {
		require.True(t, c.told(200, "POST", path+"/acts",
			`{"do": ["phones: power on"], "expect": ["all phones are trusted"]}`).
			Passed)
	}
	require.Equal(t, "the network delays datagrams by 900 ms", c.told(200, "GET", busy+"/cluster", "").Busy)
	c.told(200, "DELETE", busy, "")
	require.NotEmpty(t, (<-ended).Error, "it was broken off")
	for stream.lines.Scan() { // to the end of the stream
	}
	require.NoError(t, stream.lines.Err())
}

// A lab's own scenario is played in it step by step, while somebody watches.
func TestTourOfALab(t *testing.T) {
	t.Parallel()
	c := open(t, lab.Virtual, "bulk-reset", 2)
	path := c.openLab(`{"name": "both-certificates-at-once", "mode": "virtual", "phones": 3}`)
	server := httptest.NewServer(c.handler)
	t.Cleanup(server.Close)
	stream := listen(t, server.URL+api.Prefix+path, "")
	require.Contains(t, string(c.ask(200, "GET", path+"/tours", "")), `"both-certificates-at-once"`)
	c.told(404, "POST", path+"/tour", `{"name": "bulk-reset"}`)
	c.told(200, "POST", path+"/tour", `{"name": "both-certificates-at-once"}`)
	stream.until("anew", "")
	c.ask(200, "POST", path+"/tour/next", "") // tells it
	c.ask(200, "POST", path+"/tour/next", "")
	stream.until("act", "power on")
	require.Contains(t, c.told(409, "POST", "/tour/next", "").Error, "no tour has begun")
}

// What cannot be opened is told, as in a file, and the labs that are there are listed.
func TestLabsThatCannotBeOpened(t *testing.T) {
	t.Parallel()
	c := open(t, lab.Virtual, "bulk-reset", 2)
	file, err := json.Marshal(map[string]any{"scenario": smallPlan, "mode": "virtual"})
	require.NoError(t, err)
	path := c.openLab(string(file))
	require.Equal(t, 3, c.told(200, "GET", path+"/phones?group=floor-1", "").Matching)
	require.Equal(t, path, "/labs/"+c.told(200, "GET", "/labs", "").Labs[0].ID)
	require.Equal(t, path, "/labs/"+c.told(200, "GET", path, "").ID)
	for request, says := range map[string]string{
		`400 {}`: "either the name",
		`400 {"name": "bulk-reset", "scenario": "x"}`:                 "either the name",
		`404 {"name": "bulk-rest"}`:                                   `did you mean "bulk-reset"?`,
		`400 {"name": "bulk-reset", "mode": "vrtual"}`:                "want one of wire, virtual",
		`400 {"name": "bulk-reset", "phones": 40001}`:                 "want up to 40000",
		`503 {"name": "bulk-reset", "phones": 39999}`:                 "all have 40002 phones then",
		`400 {"name": "bulk-reset", "phones": 1}`:                     "groups",
		`400 {"scenario": "name: x\nshows: y\nphons: []\nsteps: []"}`: `did you mean "phones"`,
	} {
		status, body, _ := strings.Cut(request, " ")
		code := 0
		_, err := fmt.Sscan(status, &code)
		require.NoError(t, err)
		a := c.told(code, "POST", "/labs", body)
		require.Contains(t, a.Error, says, request)
		for _, p := range a.Problems {
			require.Positive(t, p.Line)
		}
	}
	devices, err := json.Marshal(map[string]any{
		"scenario": strings.Replace(smallPlan, "count: 3", "devices: /etc/passwd", 1), "mode": "virtual"})
	require.NoError(t, err)
	require.Contains(t, c.told(400, "POST", "/labs", string(devices)).Error, "/etc/passwd")
	c.told(404, "DELETE", "/labs/x", "")
	c.told(404, "POST", "/labs/x/acts", "{}")
}
