package demo_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/api"
)

// asker asks the API of a demonstration.
type asker struct {
	*testing.T
	base, token string
	client      *http.Client
}

func askerOf(t *testing.T, s *demo.Server) *asker {
	base, token := s.API()
	return &asker{t, base, token, &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
}

// ask sends a request, changed before, and returns status and body.
func (a *asker) ask(method, path, body string, change func(*http.Request)) (int, string) {
	a.Helper()
	r, err := http.NewRequestWithContext(a.Context(), method, a.base+path, strings.NewReader(body))
	require.NoError(a, err)
	r.Header.Set("Authorization", "Bearer "+a.token)
	if change != nil {
		change(r)
	}
	answer, err := a.client.Do(r)
	require.NoError(a, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(a, err)
	return answer.StatusCode, string(text)
}

// The API lets in who has its token, under this machine's names, and from no other site.
func TestAPIIsGuarded(t *testing.T) {
	a := askerOf(t, start(t, func(c *demo.Config) { c.Phones, c.Mode, c.API = 2, lab.Virtual, "127.0.0.1:0" }))
	require.GreaterOrEqual(t, len(a.token), 16)
	for status, change := range map[int]func(*http.Request){
		http.StatusOK:                 nil,
		http.StatusUnauthorized:       func(r *http.Request) { r.Header.Del("Authorization") },
		http.StatusForbidden:          func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		http.StatusMisdirectedRequest: func(r *http.Request) { r.Host = "cucm.example.com" },
	} {
		code, text := a.ask("GET", "/cluster", "", change)
		require.Equal(t, status, code, text)
		var said struct{ Error string }
		require.NoError(t, json.Unmarshal([]byte(text), &said), text)
		require.Equal(t, status != http.StatusOK, said.Error != "", text)
	}
	wrong := func(r *http.Request) { r.Header.Set("Authorization", "Bearer wrong") }
	code, _ := a.ask("GET", "/cluster", "", wrong)
	require.Equal(t, http.StatusUnauthorized, code)
	code, _ = a.ask("GET", "/cluster", "", nil)
	require.Equal(t, http.StatusOK, code)
}

// A scenario is put up without a page and without playing its steps. What is done to it is
// done when the answer comes, and it can be had anew.
func TestScenarioForProgramsAlone(t *testing.T) {
	tour, ok := scenarios.Find("both-certificates-at-once")
	require.True(t, ok)
	s := start(t, func(c *demo.Config) {
		c.Phones, c.Mode, c.Still, c.Tour, c.Listen, c.API = 4, lab.Virtual, true, &tour, "", "127.0.0.1:0"
	})
	require.Empty(t, s.URL())
	a := askerOf(t, s)
	states := func(text string) map[string]int {
		var said struct{ States map[string]int }
		require.NoError(t, json.Unmarshal([]byte(text), &said), text)
		return said.States
	}
	_, text := a.ask("GET", "/cluster", "", nil)
	require.Equal(t, 4, states(text)["off"], text)
	code, text := a.ask("POST", "/acts", `{"do": ["phones: power on", "wait: 30 days"]}`, nil)
	require.Equal(t, http.StatusOK, code, text)
	require.Equal(t, 4, states(text)["trusted"], text)
	code, text = a.ask("POST", "/cluster/start-anew", "", nil)
	require.Equal(t, http.StatusOK, code, text)
	require.Equal(t, 4, states(text)["off"], text)
	code, text = a.ask("POST", "/acts", `{"do": ["phones: power on"]}`, nil)
	require.Equal(t, http.StatusOK, code, text)
	require.Equal(t, 4, states(text)["trusted"], text)
}

// Labs that programs open have the administrator's password, and end with the server: nothing
// of theirs is left when the tests of this package end.
func TestLabsEndWithTheServer(t *testing.T) {
	s := start(t, func(c *demo.Config) { c.Phones, c.Mode, c.API = 2, lab.Virtual, "127.0.0.1:0" })
	a := askerOf(t, s)
	code, text := a.ask("POST", "/labs", `{"name": "bulk-reset", "phones": 4, "mode": "virtual"}`, nil)
	require.Equal(t, http.StatusCreated, code, text)
	var opened struct{ ID string }
	require.NoError(t, json.Unmarshal([]byte(text), &opened))
	path := "/labs/" + opened.ID
	code, text = a.ask("POST", path+"/acts", fmt.Sprintf(`{"do": ["phones: power on",
		{"on test10pub": "utils itl reset localkey", "answers": [%q]}]}`, s.Password()), nil)
	require.Equal(t, http.StatusOK, code, text)
	require.Contains(t, text, `{"passed":true,`)
	require.NoError(t, s.Close())
	_, err := a.client.Get(a.base + path)
	require.Error(t, err)
}

// Who has the API's token has the metrics of the lab as of now, on the same listener.
func TestMetrics(t *testing.T) {
	tour, ok := scenarios.Find("both-certificates-at-once")
	require.True(t, ok)
	a := askerOf(t, start(t, func(c *demo.Config) {
		c.Phones, c.Mode, c.Still, c.Tour, c.Listen, c.API = 4, lab.Virtual, true, &tour, "", "127.0.0.1:0"
	}))
	metrics := *a
	metrics.base = strings.TrimSuffix(a.base, api.Prefix) + "/metrics"
	has := func(lines ...string) {
		t.Helper()
		code, text := metrics.ask("GET", "", "", nil)
		require.Equal(t, http.StatusOK, code, text)
		for _, line := range lines {
			require.Contains(t, text, "\n"+line+"\n")
		}
	}
	code, text := a.ask("POST", "/acts", `{"do": ["phones: power on"]}`, nil)
	require.Equal(t, http.StatusOK, code, text)
	has("itlsim_boots_total 4", "itlsim_registrations 4")
	code, text = a.ask("POST", "/cluster/start-anew", "", nil)
	require.Equal(t, http.StatusOK, code, text)
	has("itlsim_boots_total 0", "itlsim_registrations 0")
	code, _ = metrics.ask("GET", "", "", func(r *http.Request) { r.Header.Del("Authorization") })
	require.Equal(t, http.StatusUnauthorized, code)
	code, _ = metrics.ask("POST", "", "", nil)
	require.Equal(t, http.StatusMethodNotAllowed, code)
}
