package demo_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/demo"
	"itlsim/internal/cause/causetest"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/api"
	"itlsim/scenarios/live"
)

// page is a browser's page without the browser: its requests, and the events
// that it is sent.
type page struct {
	t      *testing.T
	url    string
	client *http.Client
	lines  *bufio.Scanner
	seen   update // everything that came, the last of each kind
}

// update is what the tests read of an event.
type update struct {
	Lab     string
	Cells   string
	Changed []int
	Cluster *struct {
		Nodes []struct {
			Name      string
			ITL       struct{ Signer string }
			ResetList bool `json:"reset_list"`
		}
		Lists []live.Holders
	}
	Log      []live.LogLine
	Samples  []live.Sample
	Consoles []live.Screen
	Clock    *live.Clock
	Tour     *live.TourState
	bytes    int
}

func open(t *testing.T, s *demo.Server) *page {
	t.Helper()
	transport := &http.Transport{}
	p := &page{t: t, url: strings.TrimSuffix(s.URL(), "/"), client: &http.Client{Transport: transport}}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	req, err := http.NewRequestWithContext(ctx, "GET", p.url+api.Prefix+"/watch", nil)
	require.NoError(t, err)
	r, err := p.client.Do(req)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, r.StatusCode)
	t.Cleanup(func() {
		cancel()
		r.Body.Close()
		transport.CloseIdleConnections()
	})
	p.lines = bufio.NewScanner(r.Body)
	p.lines.Buffer(nil, 8<<20)
	return p
}

// next waits for the next event.
func (p *page) next() (u update) {
	p.t.Helper()
	for p.lines.Scan() {
		if data, ok := strings.CutPrefix(p.lines.Text(), "data: "); ok {
			require.NoError(p.t, json.Unmarshal([]byte(data), &u), data)
			u.bytes = len(data)
			if u.Cluster != nil {
				p.seen.Cluster = u.Cluster
			}
			if u.Cells != "" {
				p.seen.Cells = u.Cells
			}
			cells := []byte(p.seen.Cells)
			for i := 0; i < len(u.Changed); i += 2 {
				cells[u.Changed[i]] = "0123456789abcdefghijklmnopqrstuv"[u.Changed[i+1]]
			}
			p.seen.Cells = string(cells)
			return u
		}
	}
	p.t.Fatalf("the stream has ended: %v", p.lines.Err())
	return u
}

// until reads events up to one of which something is so.
func (p *page) until(what string, so func(u update) bool) update {
	p.t.Helper()
	for range 1000 {
		if u := p.next(); so(u) {
			return u
		}
	}
	p.t.Fatalf("never came: %s", what)
	return update{}
}

// all waits until every cell is one letter.
func (p *page) all(letter string) {
	p.t.Helper()
	p.until("all cells "+letter, func(update) bool { return strings.Trim(p.seen.Cells, letter) == "" })
}

func (p *page) post(path, body string, header ...string) (status int, answer string) {
	p.t.Helper()
	req, err := http.NewRequest("POST", p.url+api.Prefix+"/"+path, strings.NewReader(body))
	require.NoError(p.t, err)
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		} else {
			req.Header.Set(header[i], header[i+1])
		}
	}
	r, err := p.client.Do(req)
	require.NoError(p.t, err)
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	require.NoError(p.t, err)
	causetest.Plain(p.t, string(b))
	return r.StatusCode, string(b)
}

// act does what sentences say as the page does, without waiting for the phones.
func (p *page) act(answers string, sentences ...string) {
	p.t.Helper()
	do, err := json.Marshal(sentences)
	require.NoError(p.t, err)
	if answers != "" {
		answers = `, "answers": ["` + answers + `"]`
	}
	status, answer := p.post("acts", `{"wait": false, "do": `+string(do)+answers+"}")
	require.Equal(p.t, http.StatusOK, status, answer)
	require.Contains(p.t, answer, `"passed":true`)
}

// get asks for something.
func (p *page) get(path string, into any) {
	p.t.Helper()
	r, err := p.client.Get(p.url + api.Prefix + "/" + path)
	require.NoError(p.t, err)
	defer r.Body.Close()
	require.Equal(p.t, http.StatusOK, r.StatusCode)
	require.NoError(p.t, json.NewDecoder(r.Body).Decode(into))
}

const (
	trusted   = "5"
	locked    = "6"
	untrusted = "7"
	off       = "1" // and trusted before
)

// A page is sent everything once, and then only what changes.
func TestOnlyChangesAreSent(t *testing.T) {
	p := open(t, start(t, func(c *demo.Config) { c.Phones = 400 }))
	first := p.next()
	require.NotEmpty(t, first.Lab)
	require.Len(t, first.Cells, 400)
	p.all(trusted)

	var fleet live.Phones
	p.get("fleet", &fleet)
	require.Len(t, fleet.Names, 400)
	p.act("", fleet.Names[7]+": power off")
	u := p.until("phone 7 is off", func(u update) bool { return len(u.Changed) > 0 })
	require.Equal(t, []int{7, 1}, u.Changed)
	require.Empty(t, u.Cells)
	require.Empty(t, u.Lab)
}

// A command that asks goes on with the answer; a secret is never sent back, Tab
// completes a command as over SSH, and Ctrl-C gives one up.
func TestConsoleAsks(t *testing.T) {
	p := open(t, start(t))
	type_ := func(line string) {
		body, err := json.Marshal(map[string]string{"line": line})
		require.NoError(t, err)
		status, answer := p.post("nodes/test10pub/console", string(body))
		require.Equal(t, http.StatusOK, status, answer)
	}
	var shown strings.Builder
	prompt := func(want string) {
		t.Helper()
		p.until(want, func(u update) bool {
			ready := false
			for _, s := range u.Consoles {
				if s.Node == "test10pub" {
					shown.WriteString(s.Text)
					ready = s.Prompt == want && !s.Busy
				}
			}
			return ready
		})
	}
	p.all(trusted)
	type_("utils itl reset localkey")
	prompt("Enter CCM Administrator password :")
	type_("a guess")
	began := time.Now()
	prompt("admin:")
	require.GreaterOrEqual(t, time.Since(began), 900*time.Millisecond, "guessing has a price here, too")
	require.Contains(t, shown.String(), "password is wrong")
	require.NotContains(t, shown.String(), "a guess")
	type_("utils itl reset localkey")
	prompt("Enter CCM Administrator password :")
	p.act("", "on test10pub: show itl") // which answers no question: it gives the command up that asks
	prompt("admin:")
	type_("utils itl reset localkey")
	prompt("Enter CCM Administrator password :")
	for body, want := range map[string]string{
		`{"line":"show`:             "it ends too early",
		`{"line":5}`:                "the JSON has a value of the wrong kind (number) at line",
		`{"lines":5}`:               "the JSON is not as it should be: unknown field",
		`{"line":"a"} {"line":"b"}`: "there is more behind its end",
		`{"line":"a","Line":"b"}`:   `it has the key \"line\" twice`,
		`{"line":"a\nb"}`:           "a line has at most 1000 characters",
		`{"line":"` + strings.Repeat("x", 1001) + `"}`: "a line has at most 1000 characters",
	} {
		status, answer := p.post("nodes/test10pub/console", body)
		require.Equal(t, http.StatusBadRequest, status)
		require.Contains(t, answer, want)
	}
	type_(password)
	prompt("admin:")
	require.Contains(t, shown.String(), "Cisco Tftp service restarted on host test10sub")
	require.NotContains(t, shown.String(), password)

	for line, want := range map[string]string{
		"set cert reg":      `{"line":"set cert regen ","words":[]}`,
		"utils itl reset ":  `{"line":"utils itl reset ","words":["localkey","remotekey"]}`,
		"utils itl reset l": `{"line":"utils itl reset localkey ","words":[]}`,
		"no such":           `{"line":"no such","words":[]}`,
	} {
		body, err := json.Marshal(map[string]string{"line": line})
		require.NoError(t, err)
		_, answer := p.post("nodes/test10pub/console/complete", string(body))
		require.Equal(t, want+"\n", answer)
	}
	type_("set cert regen TVS")
	prompt("Proceed with regeneration (yes|no)? ")
	status, _ := p.post("nodes/test10pub/console/interrupt", "{}")
	require.Equal(t, http.StatusOK, status)
	prompt("admin:")
	require.NotContains(t, shown.String(), "Successfully Regenerated")
}

// ownPorts is an offset of ports that nobody gets who asks for any, other labs included.
func ownPorts() int { return 10000 + rand.IntN(5000) }

// Back to start ends what is under way, a question too, and shows a new cluster,
// where nothing is played before somebody wants it.
func TestBackToStart(t *testing.T) {
	offset := ownPorts()
	s := start(t, func(c *demo.Config) { c.Phones, c.PortOffset = 20, &offset })
	p := open(t, s)
	p.all(trusted)
	require.Equal(t, fmt.Sprintf("127.0.0.2:%d", 22+offset), s.SSH()[0])
	p.post("nodes/test10sub/console", `{"line":"set cert regen TVS"}`)
	p.until("the question", func(u update) bool { return len(u.Consoles) > 0 && u.Consoles[0].Prompt != "admin:" })
	p.act("", "SEP001BD4000003: power off")
	p.until("phone 3 is off", func(update) bool { return p.seen.Cells[3] == '1' })
	status, answer := p.post("tour", `{"name":"trust-loss"}`)
	require.Equal(t, http.StatusOK, status, answer)
	u := p.until("the new round", func(u update) bool { return u.Lab != "" })
	require.Equal(t, strings.Repeat("0", 20), u.Cells, "off, and without a list")
	require.NotNil(t, u.Cluster)
	require.Equal(t, -1, u.Tour.At)
	require.False(t, u.Tour.Playing)
	p.act("", "phones: power on")
	p.all(trusted)
}

// Where somebody else has the ports, that is said, and nothing is left running.
func TestPortsAreTaken(t *testing.T) {
	offset := ownPorts()
	start(t, func(c *demo.Config) { c.Phones, c.PortOffset = 2, &offset })
	_, err := demo.Start(demo.Config{
		Phones: 2, Password: password, Listen: "127.0.0.1:0", PortOffset: &offset,
		Keys: func() cucm.KeySource { return testkeys.NewPool(1) },
	})
	require.ErrorIs(t, err, syscall.EADDRINUSE)
}

// The log is the node's own, and tells which phones hold a list that nobody
// serves (M19).
func TestLogTellsMatchAndMismatch(t *testing.T) {
	p := open(t, start(t, func(c *demo.Config) { c.Phones = 4 }))
	p.until("an alarm that matches", func(u update) bool {
		for _, e := range u.Log {
			if e.Kind == "DeviceTLInfo" {
				require.Contains(t, e.Line, "%UC_PHONE-6-DeviceTLInfo: %[DeviceName=SEP001BD4")
				return e.Match == "match"
			}
		}
		return false
	})
	p.all(trusted)
	p.act("", "phones: power off")
	p.all(off)
	for _, unit := range []string{"CallManager", "TVS"} {
		for _, node := range []string{"test10pub", "test10sub"} {
			p.act("yes", "on "+node+": set cert regen "+unit)
		}
		p.post("clock", `{"advance_s":360}`)
	}
	p.act("", "phones: power on")
	p.until("a mismatch", func(u update) bool {
		for _, e := range u.Log {
			if e.Match == "mismatch" {
				return true
			}
		}
		return false
	})
	p.all(untrusted)
	p.until("lists that nobody serves", func(update) bool {
		lists := p.seen.Cluster.Lists
		return len(lists) == 2 && len(lists[0].Served) == 0 && lists[0].Phones == 2
	})
}

// Nobody but the page itself drives the demonstration.
func TestOtherSitesAreRefused(t *testing.T) {
	p := open(t, start(t, func(c *demo.Config) { c.Phones = 2 }))
	host := strings.TrimPrefix(p.url, "http://")
	for _, c := range []struct {
		name   string
		header []string
		status int
	}{
		{"the page", []string{"Origin", p.url, "Sec-Fetch-Site", "same-origin"}, http.StatusOK},
		{"a script without a browser", nil, http.StatusOK},
		{"another site", []string{"Origin", "https://example.net", "Sec-Fetch-Site", "cross-site"},
			http.StatusForbidden},
		{"another site, an old browser", []string{"Origin", "https://example.net"}, http.StatusForbidden},
		{"another port of this machine", []string{"Origin", "http://127.0.0.1:1", "Sec-Fetch-Site", "same-site"},
			http.StatusForbidden},
		{"another name for this address", []string{"Host", "example.net" + host[strings.LastIndex(host, ":"):]},
			http.StatusMisdirectedRequest},
	} {
		status, answer := p.post("clock", `{"rate":1}`, c.header...)
		require.Equal(t, c.status, status, "%s: %s", c.name, answer)
	}
	for path, body := range map[string]string{
		"clock":                            `{"rate":1000}`,
		"acts":                             `{"do":`,
		"expect":                           `{"unknown":1}`,
		"acts?1":                           `{"wait":false,"do":["SEP000000000000: reset"]}`,
		"acts?2":                           `{"wait":false,"do":["phones: explode"]}`,
		"acts?3":                           `{"wait":false,"do":["phones: use TFTP 192.0.2.1"]}`,
		"acts?4":                           `{"wait":false,"do":["phones: reset"],"expect":["all phones are trusted"]}`,
		"nodes/elsewhere/console":          `{"line":"show itl"}`,
		"nodes/test10sub/console":          `{"line":"` + strings.Repeat("x", 80_000) + `"}`,
		"nodes/test10sub/console/complete": `{"word":"show"}`,
		"tour":                             `{"name":"no-such"}`,
		"tour/next":                        `{}`,
		"nodes/test10pub/regen":            `{}`,
	} {
		status, answer := p.post(path, body)
		require.GreaterOrEqual(t, status, 400, "%s %s: %s", path, body, answer)
	}
}

// Where other machines can reach the page, it wants its token.
func TestTokenIsWanted(t *testing.T) {
	_, err := demo.Start(demo.Config{Phones: 2, Password: password, Listen: "0.0.0.0:0"})
	require.ErrorContains(t, err, "needs a token")

	s := start(t, func(c *demo.Config) { c.Phones, c.Token = 2, "open-sesame-open-sesame" })
	base, _, _ := strings.Cut(s.URL(), "?")
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}
	get := func(url string, cookies ...*http.Cookie) *http.Response {
		req, err := http.NewRequest("GET", url, nil)
		require.NoError(t, err)
		for _, c := range cookies {
			req.AddCookie(c)
		}
		r, err := client.Do(req)
		require.NoError(t, err)
		io.Copy(io.Discard, r.Body)
		r.Body.Close()
		return r
	}
	require.Equal(t, http.StatusUnauthorized, get(base).StatusCode)
	require.Equal(t, http.StatusUnauthorized, get(base+"api/v1/cluster").StatusCode)
	require.Equal(t, http.StatusUnauthorized, get(base+"?token=wrong").StatusCode)
	r := get(s.URL())
	require.Equal(t, http.StatusTooManyRequests, r.StatusCode, "right or not: the next guess is not judged at once")
	require.Equal(t, "1", r.Header.Get("Retry-After"))
	require.Eventually(t, func() bool { r = get(s.URL()); return r.StatusCode == http.StatusSeeOther }, time.Minute,
		50*time.Millisecond)
	require.Len(t, r.Cookies(), 1)
	require.True(t, r.Cookies()[0].HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, r.Cookies()[0].SameSite)
	require.NotContains(t, r.Cookies()[0].Value, "sesame", "the cookie is worth nothing in another run")
	require.Equal(t, "/", r.Header.Get("Location"), "the token leaves the address")
	require.Equal(t, http.StatusOK, get(base+"api/v1/cluster", r.Cookies()...).StatusCode)
	require.Equal(t, http.StatusSeeOther, get(s.URL(), r.Cookies()...).StatusCode, "here, too")

	// Guesses cost whoever is in nothing.
	require.Equal(t, http.StatusUnauthorized, get(base+"?token=wrong").StatusCode)
	require.Equal(t, http.StatusTooManyRequests, get(base+"?token=worse").StatusCode)
	require.Equal(t, http.StatusOK, get(base+"api/v1/cluster", r.Cookies()...).StatusCode)
	require.Equal(t, http.StatusUnauthorized, get(base+"api/v1/cluster",
		&http.Cookie{Name: r.Cookies()[0].Name, Value: "open-sesame-open-sesame"}).StatusCode, "the token is not a cookie")

	_, err = demo.Start(demo.Config{Phones: 2, Listen: "127.0.0.1:0", Token: "fifteen letters"})
	require.ErrorContains(t, err, "the token has 15 characters: it needs 16 or more")
}

// The password is told to who has shown the token, and not to every user of the machine.
func TestPageTellsThePassword(t *testing.T) {
	for token, want := range map[string]string{"": "", "open-sesame-open-sesame": password} {
		s := start(t, func(c *demo.Config) { c.Phones, c.Token, c.Password = 2, token, password })
		jar, err := cookiejar.New(nil)
		require.NoError(t, err)
		client := &http.Client{Jar: jar, Transport: &http.Transport{DisableKeepAlives: true}}
		base, _, _ := strings.Cut(s.URL(), "?")
		phone := base + "api/v1/phones/SEP001BD4000000"
		for _, url := range []string{s.URL(), base + "api/v1/cluster", phone, base + "main.js", base} {
			r, err := client.Get(url)
			require.NoError(t, err)
			body, err := io.ReadAll(r.Body)
			require.NoError(t, err)
			r.Body.Close()
			require.Equal(t, http.StatusOK, r.StatusCode)
			if strings.HasSuffix(url, "cluster") && want != "" {
				require.Contains(t, string(body), `"admin_password":"`+want)
			} else {
				require.NotContains(t, string(body), password)
			}
			require.Equal(t, "no-referrer", r.Header.Get("Referrer-Policy"))
		}
	}
}

// A page that takes nothing costs no more than its connection: the simulation
// goes on, and other pages see it. The seventeenth page is refused.
func TestSlowPageHoldsNobodyUp(t *testing.T) {
	s := start(t, func(c *demo.Config) { c.Phones = 60 })
	p := open(t, s)
	host := strings.TrimPrefix(p.url, "http://")
	connect := func() net.Conn {
		conn, err := net.Dial("tcp", host)
		require.NoError(t, err)
		t.Cleanup(func() { conn.Close() })
		require.NoError(t, conn.(*net.TCPConn).SetReadBuffer(1024))
		fmt.Fprintf(conn, "GET /api/v1/watch HTTP/1.1\r\nHost: %s\r\n\r\n", host)
		return conn
	}
	for range 15 {
		status, err := bufio.NewReaderSize(connect(), 16).ReadString('\n') // and not a byte more than the status
		require.NoError(t, err)
		require.Contains(t, status, "200")
	}
	refused, err := bufio.NewReader(connect()).ReadString('\n')
	require.NoError(t, err)
	require.Contains(t, refused, "503")

	p.all(trusted)
	for range 3 {
		p.act("", "phones: power off")
		p.all(off)
		p.act("", "phones: power on")
		p.all(trusted)
	}
}

// play opens a page on a tour, and has its first steps done.
func play(t *testing.T, name string, steps int) *page {
	t.Helper()
	tour, ok := scenarios.Find(name)
	require.True(t, ok)
	p := open(t, start(t, func(c *demo.Config) { c.Phones, c.Tour = 4, &tour }))
	p.post("tour/pause", "{}")
	for at := range steps {
		p.step(at)
	}
	return p
}

// step does the next step of a tour, or the one that is told.
func (p *page) step(at int) live.TourStep {
	p.t.Helper()
	for told := true; told; {
		status, answer := p.post("tour/next", "{}")
		require.Equal(p.t, http.StatusOK, status, answer)
		var tour live.TourState
		require.NoError(p.t, json.Unmarshal([]byte(answer), &tour))
		told = tour.Reading // and begins by the next request
	}
	u := p.until("the step's end", func(u update) bool { return u.Tour != nil && u.Tour.At == at && !u.Tour.Running })
	require.Empty(p.t, u.Tour.Failed)
	return u.Tour.Steps[at]
}

// Reset is for phones of either cluster, and what is said of a phone is about the
// cluster that serves it (M21).
func TestPhonesThatMovedAreReachedToo(t *testing.T) {
	p := play(t, "moved-between-clusters", 3)
	p.all(locked)
	type view struct {
		Node    string
		Offered []struct{}
		Story   struct{ Cure string }
	}
	look := func() (v view) {
		p.get("phones/SEP001BD4000000", &v)
		return v
	}
	v := look()
	require.Equal(t, "other10pub", v.Node)
	require.Contains(t, v.Story.Cure, "no `utils itl reset` helps")
	require.Len(t, v.Offered, 6, "three boots")

	p.act("", "page: System > Enterprise Parameters > Reset")
	p.until("a fourth", func(update) bool { return len(look().Offered) == 8 })
}

// What is marked as a reset list is one, whichever key signs those of a release.
func TestResetListIsMarked(t *testing.T) {
	for _, c := range []struct {
		name, signer string
		step         int
	}{
		{"until-tftp-restart", "ITLRECOVERY_test10pub.joemar2.lab", 1},
		{"release-12.5-inverted", "test10pub.joemar2.lab", 3},
	} {
		p := play(t, c.name, c.step)
		require.False(t, p.seen.Cluster.Nodes[0].ResetList, c.name)
		p.step(c.step)
		p.until("the mark", func(update) bool { return p.seen.Cluster.Nodes[0].ResetList })
		require.Equal(t, c.signer, p.seen.Cluster.Nodes[0].ITL.Signer)
	}
}

// A command that somebody left half done does not stop a tour.
func TestTourTakesTheConsoleOver(t *testing.T) {
	p := play(t, "trust-loss", 1)
	p.post("nodes/test10pub/console", `{"line":"utils itl reset localkey"}`)
	p.until("the question", func(u update) bool { return len(u.Consoles) > 0 && u.Consoles[0].Secret })
	p.step(1)
}

// Scenarios that tell their steps come to their end as tours, on either network,
// and what is expected of each step holds.
func TestToursPlay(t *testing.T) {
	for _, c := range []struct{ name, mode, end string }{
		{"bulk-reset", lab.Wire, trusted},
		{"bulk-reset", lab.Virtual, trusted},
		{"trust-loss", lab.Virtual, untrusted},
		{"recovery", lab.Wire, trusted},
	} {
		t.Run(c.name+"/"+c.mode, func(t *testing.T) {
			tour, ok := scenarios.Find(c.name)
			require.True(t, ok)
			p := open(t, start(t, func(cfg *demo.Config) { cfg.Phones, cfg.Tour, cfg.Mode = 10, &tour, c.mode }))
			_, answer := p.post("clock", `{"rate":60}`)
			require.Contains(t, answer, `"rate":60`)
			for i, step := range tour.Steps {
				done := p.step(i)
				require.NotEmpty(t, done.Says)
				require.NotEmpty(t, done.Do)
				require.GreaterOrEqual(t, len(done.Expectations), len(step.Expect))
				for _, e := range done.Expectations {
					require.True(t, e.Passed, "%s: %s", e.Text, e.Why)
				}
			}
			p.all(c.end)
		})
	}
}

// In virtual mode phones take the time that they simulate, the clock's rate
// decides how long that is, and everything else is as on the wire: alarms, the
// command line over SSH's port, the reset.
func TestVirtualTimePasses(t *testing.T) {
	s := start(t, func(c *demo.Config) { c.Phones, c.Mode = 4000, lab.Virtual })
	p := open(t, s)
	p.until("phones boot", func(update) bool { return strings.Contains(p.seen.Cells, "c") })
	require.Zero(t, strings.Count(p.seen.Cells, trusted), "none has booted yet")
	p.post("clock", `{"rate":60}`)
	p.until("an alarm that matches", func(u update) bool {
		return slices.ContainsFunc(u.Log, func(e live.LogLine) bool {
			return e.Kind == "DeviceTLInfo" && e.Match == "match"
		})
	})
	p.all(trusted)
	// Registrations outlive a clock that runs ahead: the reset reaches every phone.
	p.post("clock", `{"rate":1,"advance":86400}`)
	p.act("", "page: System > Enterprise Parameters > Reset")
	p.post("clock", `{"rate":60}`)
	p.until("all have booted again", func(u update) bool {
		return slices.ContainsFunc(u.Samples, func(s live.Sample) bool { return s.Boots == 8000 })
	})
	p.all(trusted)
}

// On the wire, too, registrations outlive a clock that runs ahead.
func TestResetReachesPhonesWhenTheClockHasRunAhead(t *testing.T) {
	p := open(t, start(t, func(c *demo.Config) { c.Phones = 20 }))
	p.all(trusted)
	p.post("clock", `{"rate":60}`)
	var from time.Time
	p.until("six minutes have passed", func(u update) bool {
		if u.Clock != nil && from.IsZero() {
			from = u.Clock.Now
		}
		return u.Clock != nil && u.Clock.Now.Sub(from) > 6*time.Minute
	})
	p.post("clock", `{"advance_s":3600}`)
	p.act("", "page: System > Enterprise Parameters > Reset")
	p.until("they boot again", func(u update) bool {
		return slices.ContainsFunc(u.Samples, func(s live.Sample) bool { return s.Boots > 20 })
	})
}

// A file that bears a built-in scenario's name is what is played.
func TestOwnScenarioIsPlayed(t *testing.T) {
	mine, ok := scenarios.Find("bulk-reset")
	require.True(t, ok)
	mine.Steps = mine.Steps[:1]
	p := open(t, start(t, func(c *demo.Config) { c.Phones, c.Tour = 2, &mine }))
	u := p.until("the tour", func(u update) bool { return u.Tour != nil })
	require.Len(t, u.Tour.Steps, 1)
}
