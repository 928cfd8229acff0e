package demo_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/demo"
	"itlsim/internal/browsertest"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "demo-password"

func start(t *testing.T, change ...func(*demo.Config)) *demo.Server {
	t.Helper()
	cfg := demo.Config{Phones: 120, Mode: lab.Wire, Seed: 1, Password: password, Listen: "127.0.0.1:0",
		Keys: func() cucm.KeySource { return testkeys.NewPool(1) }}
	for _, f := range change {
		f(&cfg)
	}
	s, err := demo.Start(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// person sits before the page in a real browser.
type person struct {
	t     *testing.T
	ctx   context.Context
	shots string
}

// sit opens the page in Debian's chromium, headless, where there is time for it.
func sit(t *testing.T, change func(*demo.Config)) *person {
	t.Helper()
	p := &person{t: t, ctx: browsertest.Open(t, 20*time.Minute), shots: browsertest.Shots(t)}
	url := start(t, change).URL()
	p.watchErrors()
	p.opens(url)
	return p
}

// opens opens the page, and once more where a module of it did not come, as a person does: a
// server that is starved for seconds lets go of who has asked.
func (p *person) opens(url string) {
	p.t.Helper()
	for range 5 {
		p.do(chromedp.Navigate(url))
		if evaluate[bool](p, `document.querySelector("#legend li") !== null`) { // modules come before the page is loaded
			return
		}
	}
	p.fails("the page's modules do not come")
}

// watchErrors has the test fail at its end where the page threw something, or was kept by its
// policy from something; not where the server refused what the page asked, which is told where
// the test fails.
func (p *person) watchErrors() {
	var lock sync.Mutex
	var errors, refused []string
	call(p, log.Enable, cdp.Empty{})
	require.NoError(p.t, chromedp.Listen(p.ctx, func(event any) {
		lock.Lock()
		defer lock.Unlock()
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			errors = append(errors, e.ExceptionDetails.Text+" "+e.ExceptionDetails.Exception.Description)
		case *log.EventEntryAdded:
			switch {
			case e.Entry.Level != log.EntryLevelError:
			case e.Entry.Source == log.EntrySourceNetwork:
				refused = append(refused, e.Entry.URL+": "+e.Entry.Text)
			default:
				errors = append(errors, e.Entry.Text)
			}
		}
	}))
	p.t.Cleanup(func() {
		lock.Lock()
		defer lock.Unlock()
		if !assert.Empty(p.t, errors) || p.t.Failed() {
			p.t.Log(refused)
		}
	})
}

// do does what takes no longer than what the page is to show may.
func (p *person) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, browsertest.Patience)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.fails("%v, where it stands at %q, %q", err, p.reads("#headline"), p.reads("#tour-status"))
	}
}

// sees waits until an element shows a text.
func (p *person) sees(selector, text string) {
	p.t.Helper()
	if err := browsertest.Sees(p.ctx, selector, text); err != nil {
		p.fails("%v", err)
	}
}

// fails ends the test with a picture of what the page shows.
func (p *person) fails(format string, args ...any) {
	p.t.Helper()
	if png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot()); err == nil {
		_ = os.WriteFile(filepath.Join(p.shots, "failed.png"), png, 0o644) // the test fails in any case
	}
	p.t.Fatalf(format, args...)
}

func (p *person) reads(selector string) string {
	p.t.Helper()
	return evaluate[string](p, fmt.Sprintf(`document.querySelector(%q)?.textContent ?? "(no such element)"`, selector))
}

func evaluate[T any](p *person, expression string) T {
	p.t.Helper()
	v, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression))
	require.NoError(p.t, err)
	return v
}

func (p *person) clicks(selector string) {
	p.t.Helper()
	if err := browsertest.Click(p.ctx, selector); err != nil {
		p.fails("%v", err)
	}
}

// becomes waits until an expression is true of the page.
func (p *person) becomes(expression string) {
	p.t.Helper()
	if err := browsertest.Becomes(p.ctx, expression); err != nil {
		p.fails("%s: %v", expression, err)
	}
}

// rests waits until what moves on the page has moved.
func (p *person) rests() {
	p.t.Helper()
	require.NoError(p.t, browsertest.Rest(p.ctx))
}

func (p *person) types(selector, text string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS(selector), text+kb.Enter))
}

// painted is which share of the wall's pixels that are not its ground has the colour of a
// state.
func (p *person) painted(state string) float64 {
	p.t.Helper()
	return evaluate[float64](p, fmt.Sprintf(`(() => {
		const c = document.getElementById("wall"), d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
		const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--phone-" + name).trim()
			.match(/[0-9a-f]{2}/g).map((h) => parseInt(h, 16));
		const want = colour(%q), ground = colour("ground");
		let painted = 0, of = 0;
		for (let i = 0; i < d.length; i += 4) if (ground.some((v, k) => Math.abs(v - d[i+k]) >= 6)) {
			painted++;
			if (want.every((v, k) => Math.abs(v - d[i+k]) < 6)) of++;
		}
		return of / painted;
	})()`, state))
}

// shoot takes a picture of what the window shows.
func (p *person) shoot(name string) []byte {
	p.t.Helper()
	p.rests()
	png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
	require.NoError(p.t, err)
	require.NoError(p.t, os.WriteFile(filepath.Join(p.shots, name+".png"), png, 0o644))
	return png
}

func (p *person) window(width, height int64) {
	p.t.Helper()
	p.do(chromedp.EmulateViewport(width, height))
}

// shootTrust takes a picture of the trust picture.
func (p *person) shootTrust(name string) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("trust-panel").scrollIntoView()`))
	p.shoot(name)
	p.do(chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`))
}

// drawn is how many lines of two kinds the trust picture has.
func (p *person) drawn(kinds ...string) (n [2]int) {
	p.t.Helper()
	for i, kind := range kinds {
		n[i] = evaluate[int](p, fmt.Sprintf(`document.querySelectorAll("#trust .line.%s").length`, kind))
	}
	return n
}

// holders has the trust picture show those who hold a node's list.
func (p *person) holders(node string) {
	p.t.Helper()
	p.sees("#trust-tabs", node)
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		`[...document.querySelectorAll(".trust-tab")].find((b) => b.textContent.includes(%q)).click()`, node)))
}

func (p *person) regenerates(node, unit string) {
	p.t.Helper()
	p.clicks(fmt.Sprintf(`button[aria-label="Regenerate %s of %s"]`, unit, node))
}

// The newcomer's path: both certificates are regenerated with the phones off,
// the wall turns, a phone says why, `utils itl reset localkey` and Reset turn
// it back (M4 to M7, M10, M13).
func TestTrustIsLostAndRestoredOnThePage(t *testing.T) {
	t.Parallel()
	const phones, all = 120, "All 120 phones "
	p := sit(t, func(c *demo.Config) { c.Phones = phones })
	p.window(1280, 900)

	p.sees("#headline", all+"trust the cluster")
	require.Greater(t, p.painted("trusted"), 0.5)
	p.shoot("1-trusted")
	p.holders("test10pub")
	p.sees("#trust-says", "test10pub signs its list with the CallManager key that they hold: they take it.")
	require.Equal(t, phones, evaluate[int](p, `[...document.querySelectorAll(".trust-tab b")]
		.reduce((n, b) => n + parseInt(b.textContent.replace(",", "")), 0)`))
	p.shootTrust("trust-1-holds")

	p.clicks("#all-off")
	p.sees("#headline", all+"are off")
	p.regenerates("test10pub", "CallManager")
	p.sees("#screen", "Successfully Regenerated Certificate for CallManager.")
	p.regenerates("test10pub", "TVS")
	p.sees("#cluster-message", "CallManager certificate was modified in the last 5 minutes. "+
		"Please re-try regenerating TVS certificate at a later time")
	p.sees(`[data-node="test10pub"] .guard`, "nothing but CallManager for 4:")
	p.sees("#trust-says", "a new CallManager key that they do not know. They would ask TVS: that of test10pub")
	require.Equal(t, [2]int{1, 1}, p.drawn("broken", "round"))
	p.shootTrust("trust-2-round")
	p.regenerates("test10sub", "CallManager")
	p.sees(`[data-node="test10sub"] .guard`, "nothing but CallManager for 4:")
	p.clicks("#advance")
	p.sees(`[data-node="test10sub"] .certs`, "regenerated 6 min ago")
	for _, node := range []string{"test10pub", "test10sub"} {
		p.regenerates(node, "TVS")
		p.sees(fmt.Sprintf(`[data-node=%q] .guard`, node), "nothing but TVS for ")
	}
	p.sees("#trust-says", "every TVS that could vouch for it has a new key too. They are off")
	require.Equal(t, [2]int{3, 0}, p.drawn("broken", "round"))
	p.clicks("#settings-access")
	p.clicks("#all-on")
	p.sees("#headline", all+"are lost")
	p.sees("#try-list .next", "utils itl reset localkey") // as fast as that was
	require.True(t, evaluate[bool](p, `document.getElementById("try-answer").hidden`), p.reads("#try-answer"))
	p.sees(`#legend [data-state="untrusted"] b`, "120")
	require.Greater(t, p.painted("untrusted"), 0.5, "the wall has turned")
	require.Less(t, p.painted("trusted"), 0.05)
	p.shoot("2-untrusted")
	p.sees("#trust-says", "So they refuse it and are lost. One key still connects them with the cluster: ITLRecovery.")
	p.shootTrust("trust-3-lost")

	p.types("#find-name", "SEP001BD4000000")
	p.sees("#phone-state", "Lost")
	p.sees("#phone-story", "✕ refused")
	p.sees("#phone-story", "cannot believe any")
	p.sees("#phone-story", "its TLS certificate is not in the stored ITL")
	p.sees("#phone-status", "Trust List update failed")
	p.sees("#phone-settings", "Settings accessenabled") // as it was before
	p.sees("#phone-trust", "This phone holds the CallManager key of test10")
	p.sees("#phone-trust", "So it refuses it and is lost.")
	p.shoot("3-phone-trust")
	p.sees("#phone-cure", "utils itl reset localkey")
	p.walksItsMenus("SEP001BD4000000")
	p.clicks(`#device [data-key="directory"]`)
	p.sees("#phone-screen", "Host Not Found")
	p.shoot("3-phone")
	p.do(chromedp.KeyEvent(kb.Escape))
	p.do(chromedp.WaitNotVisible(chromedp.CSS("#phone")))
	p.do(chromedp.SetValue(chromedp.CSS("#log-kind"), "mismatch"),
		chromedp.Evaluate[chromedp.Void](`document.getElementById("log-kind").dispatchEvent(new Event("input"))`))
	p.sees("#log", "✕ mismatch")

	p.clicks("#tab-test10sub")
	p.types("#typed", "utils itl reset localkey")
	p.sees("#screen", "ublisher") // M9: not here
	p.clicks("#tab-test10pub")
	p.types("#typed", "utils itl reset localkey")
	p.sees("#prompt", "Enter CCM Administrator password :")
	p.types("#typed", password)
	p.sees("#screen", "Cisco Tftp service restarted on host test10sub")
	require.NotContains(t, p.reads("#screen"), password)
	p.sees(`[data-node="test10sub"] .signer`, "ITLRECOVERY_test10pub")
	p.sees("#trust-says", "signs its list with ITLRecovery, which they still know")
	require.Equal(t, [2]int{3, 2}, p.drawn("broken", "recovery"), "the reserve, and what has lit up")
	p.shootTrust("trust-4-reset")
	p.clicks("#all-reset")
	p.sees("#headline", all+"trust the cluster")
	p.sees("#lists", "test10pub and test10sub")
	require.Greater(t, p.painted("trusted"), 0.5, "and turned back")
	p.sees("#trust-says", "test10pub and test10sub sign their lists with ITLRecovery, "+
		"which their list holds: they take it.")
	p.do(chromedp.WaitVisible(chromedp.CSS("#try-over")))
	p.shoot("4-restored")

	// By the keyboard alone: to the second phone of the first row.
	p.do(chromedp.Focus(chromedp.CSS("#wall")), chromedp.KeyEvent(kb.ArrowRight))
	p.do(chromedp.KeyEvent(kb.Enter))
	p.sees("#phone-state", "Trusted")
	p.sees("#phone-settings", "Settings accessdisabled") // the change arrived
	p.do(chromedp.KeyEvent(kb.Escape))

	p.clicks("#theme")
	p.shoot("5-dark")
	p.window(390, 844)
	p.shoot("6-narrow-dark")
	p.clicks("#theme")
	p.shoot("7-narrow")
	for _, panel := range []string{"trust-panel", "console-panel", "cluster-panel", "log-panel"} {
		p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.getElementById(%q).scrollIntoView()`, panel)))
		p.shoot("8-narrow-" + panel)
	}
	require.Empty(t, evaluate[[]string](p, `document.documentElement.scrollWidth <= innerWidth ? [] :
		[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth)
			.map((e) => e.tagName + "#" + e.id + "." + e.className)`), "at 390 pixels nothing stands out sideways")
}

// A tour plays step by step, stands where it is told, and goes back to start; here
// in virtual time, sixty times as fast as it is.
func TestTourOnThePage(t *testing.T) {
	t.Parallel()
	p := sit(t, func(c *demo.Config) { c.Phones, c.Mode = 40, lab.Virtual })
	p.window(1280, 900)
	p.sees("#simulated", "only SSH can be reached")
	p.clicks(`[data-rate="60"]`)
	p.sees("#headline", "All 40 phones trust the cluster")
	p.do(chromedp.SetValue(chromedp.CSS("#tour-name"), "recovery"))
	p.clicks("#tour-start")
	p.clicks(`[data-rate="60"]`)
	p.sees("#tour-title", "1. A cluster whose phones have lost their trust")
	require.True(t, evaluate[bool](p, `document.getElementById("cluster-message").hidden`),
		"what is pressed while the cluster is made is for the new one")
	require.True(t, evaluate[bool](p, `document.getElementById("tour-says").scrollHeight <=
		document.getElementById("tour-says").clientHeight`), "the step is told without scrolling")
	next := func(more string) { // tells a step, and does it without leaving time to read
		p.clicks("#tour-next")
		p.sees("#tour-status", more)
	}
	if p.halts() {
		next("")
	}
	p.sees("#headline", "All 40 phones are lost")
	p.sees("#screen", "Successfully Regenerated Certificate for TVS.")
	next("has not happened yet")
	p.sees("#tour-title", "2. utils itl reset localkey, on the subscriber")
	next("")
	p.sees("#tour-expected .held", "is refused: This is not a Publisher Node")
	for range 2 {
		next("has not happened yet")
		next("")
		p.sees("#tour-status", "Paused")
	}
	p.sees("#headline", "4 of 40 phones are lost; 36 trust the cluster")
	p.sees("#tour-expected", "all phones of from-before-10.0 are untrusted")
	p.shoot("tour")
	p.do(chromedp.SetValue(chromedp.CSS("#tour-name"), "trust-loss")) // chosen, and not played yet
	p.clicks("#restart")
	p.sees("#tour-title", "recovery: one command")
	p.sees("#tour-status", "Nothing is played yet")
	p.sees("#headline", "All 40 phones are off")
	p.do(chromedp.SetValue(chromedp.CSS("#tour-name"), ""))
	p.clicks("#tour-start")
	p.sees("#try", "Try it yourself")
	p.clicks(`[data-rate="60"]`)
	p.sees("#headline", "All 40 phones trust the cluster")
	p.sees("#lists", "test10sub")
}

// halts has a tour that plays go on by hand alone, and reports whether the step that it tells has
// not happened yet.
func (p *person) halts() (told bool) {
	p.t.Helper()
	p.clicks("#tour-pause")
	p.becomes(`/has not happened yet|Paused/.test(document.getElementById("tour-status").textContent)`)
	return strings.Contains(p.reads("#tour-status"), "has not happened yet")
}

// A run is watched on the page: nothing can be done to it, and how it ended is told and stays
// when the page has gone.
func TestRunOnThePage(t *testing.T) {
	t.Parallel()
	w, err := demo.Watch("127.0.0.1:0", "")
	require.NoError(t, err)
	p := &person{t: t, ctx: browsertest.Open(t, 5*time.Minute), shots: browsertest.Shots(t)}
	s, ok := scenarios.Find("bulk-reset")
	require.True(t, ok)
	var stage live.Run
	_, err = scenarios.Run(t.Context(), s, scenarios.Options{
		Stage: &stage, Lab: lab.Options{Mode: lab.Virtual, Phones: 200, Seed: 1},
		Opened: func(*lab.Lab) {
			w.Show(stage.Lab)
			p.opens(w.URL())
			p.sees("#watching", "watches a run")
			p.sees("#tour-status", "The run begins.")
		},
	})
	require.NoError(t, err)
	p.sees("#tour-title", "7. ")
	stage.Ended("passed: all 200 phones come through")
	p.sees("#tour-status", "The run has ended: passed: all 200 phones come through")
	for _, selector := range []string{
		"#all-off", "#tour-start", "#tour-next", "#line", "#advance", "#nodes button", "#settings-access",
	} {
		require.True(t, evaluate[bool](p, fmt.Sprintf(`!document.querySelector(%q).checkVisibility()`, selector)), selector)
	}
	p.shoot("run")
	require.NoError(t, w.Close())
	p.do(chromedp.Sleep(time.Second)) // in which the page would try again
	p.sees("#tour-status", "The run has ended: passed")
	require.False(t, evaluate[bool](p, `document.querySelector("#headline").textContent.includes("connection")`))
}
