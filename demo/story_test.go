package demo_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/internal/browsertest"
	"itlsim/lab"
	"itlsim/scenarios"
)

func (p *person) presses(key string) {
	p.t.Helper()
	p.do(chromedp.KeyEvent(key))
}

// lead sits before a tour that stands before its first step, and goes on by keys alone.
func lead(t *testing.T, tour scenarios.Scenario, phones int) *person {
	t.Helper()
	p := &person{t: t, ctx: browsertest.Open(t, 20*time.Minute), shots: browsertest.Shots(t)}
	s := start(t, func(c *demo.Config) { c.Phones, c.Mode, c.Tour = phones, lab.Virtual, &tour })
	p.watchErrors()
	p.do(chromedp.Navigate(s.URL() + "icon.svg")) // which watches no tour: none begins
	p.do(chromedp.Evaluate[chromedp.Void](`fetch("/api/v1/tour/pause", { method: "POST",
		headers: { "Content-Type": "application/json" }, body: "{}" })`, chromedp.EvalAwaitPromise))
	p.opens(s.URL())
	p.sees("#tour-status", "Nothing is played yet")
	return p
}

// plays presses a key for the next step, and again so that it begins, and waits for its end.
func (p *person) plays(title string) {
	p.t.Helper()
	p.presses(kb.ArrowRight)
	p.sees("#tour-title", title)
	p.presses(kb.ArrowRight)
	p.sees("#tour-status", "Paused")
}

// A presenter plays a tour by keys, looks back, and has another window with notes; each follows
// the other.
func TestStoryIsPresentedOnThePage(t *testing.T) {
	t.Parallel()
	tour, ok := scenarios.Find("trust-loss")
	require.True(t, ok)
	s := start(t, func(c *demo.Config) { c.Phones, c.Mode, c.Tour = 40, lab.Virtual, &tour })
	time.Sleep(time.Second)
	p := &person{t: t, ctx: browsertest.Open(t, 20*time.Minute), shots: browsertest.Shots(t)}
	p.opens(s.URL())
	p.sees("#tour-status", "Read on") // it has waited for its first viewer
	p.presses(" ")
	p.sees("#tour-status", "has not happened yet")
	p.sees("#headline", "All 40 phones are off")
	p.do(chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`)) // the protocol's key is two, of which one scrolls
	p.presses(kb.ArrowRight)
	p.sees("#tour-status", "Paused")
	p.sees("#headline", "All 40 phones trust the cluster")
	p.plays("2. CallManager is regenerated")
	p.shoot("story-1")

	p.presses(kb.ArrowLeft)
	p.sees("#tour-status", "You look back at the end of step 1. Next returns to now, step 2")
	p.sees("#past", "step 1")
	p.shoot("story-2-back")
	p.presses(kb.ArrowRight)
	p.sees("#tour-status", "Paused")
	p.becomes(`document.getElementById("back-to-now").hidden`)

	p.do(chromedp.Focus(chromedp.CSS("#find-name")))
	p.presses(kb.ArrowRight)
	p.do(chromedp.Sleep(300 * time.Millisecond)) // in which it would have been told
	p.sees("#tour-title", "2.")
	p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))

	notesCtx, cancel := chromedp.NewContext(p.ctx)
	defer cancel()
	browsertest.Begin(t, notesCtx)
	notes := &person{t: t, ctx: notesCtx, shots: p.shots}
	notes.do(chromedp.Navigate(s.URL() + "notes.html"))
	notes.window(1000, 800)
	notes.sees("#tour-title", "2. CallManager is regenerated")
	notes.sees("#tour-expected .held", "took their list by TVS")
	notes.sees("#next-title", "3. The TVS certificate at once")
	notes.sees("#next-text", "five minutes have to pass")
	notes.presses(kb.ArrowRight)
	notes.sees("#tour-expected", "all phones are trusted") // told before it is judged
	p.sees("#tour-title", "3. The TVS certificate at once")
	notes.presses(kb.ArrowRight)
	p.sees("#tour-status", "Paused")
	notes.presses(kb.ArrowLeft)
	p.sees("#past", "step 2")
	notes.shoot("story-3-notes")
	p.presses(kb.ArrowRight)
	notes.sees("#tour-status", "Paused")

	p.presses("p")
	p.do(chromedp.WaitNotVisible(chromedp.CSS("#tour-next")))
	p.sees("#tour-text", "CUCM refuses")
	for _, title := range []string{"4. The TVS certificate six minutes later", "5. Both", "6. Settings access"} {
		p.plays(title)
	}
	p.sees("#headline", "All 40 phones are lost.")
	notes.sees("#headline", "All 40 phones are lost.")
	p.shoot("story-4-present")
	p.window(1920, 1080)
	p.shoot("story-5-present-1920")
	p.presses("p")
	p.do(chromedp.WaitVisible(chromedp.CSS("#tour-next")))
}

// A tour whose expectation fails stays there, and says what is the case, in the dark, too.
func TestStoryOfAFailureOnThePage(t *testing.T) {
	t.Parallel()
	mine, err := scenarios.Load("mine.yaml", []byte(`name: mine
shows: what was expected is not so
phones: [{group: all, count: 2}]
steps:
  - step: The phones boot
    do: [{phones: power on}]
    expect: [all phones are on, all phones are untrusted]
  - step: They are switched off
    do: [{phones: power off}]
`), nil)
	require.NoError(t, err)
	p := sit(t, func(c *demo.Config) { c.Phones, c.Mode, c.Tour = 4, lab.Virtual, &mine })
	p.window(1280, 900)
	p.sees("#tour-text", "Phones are switched on.")
	p.sees("#tour-status", "1 of 2 expectations does not hold, so the tour stays here")
	p.sees("#tour-expected .failed", "It is the case: ")
	p.clicks("#theme")
	p.shoot("story-6-failure-dark")
	p.clicks("#tour-next")
	p.sees("#tour-title", "2. They are switched off")
}

// A newcomer does what is to be done by the buttons beside it, makes a mistake that is answered,
// and sees each thing ticked off.
func TestNewcomerTriesOnThePage(t *testing.T) {
	t.Parallel()
	p := sit(t, func(*demo.Config) {})
	p.window(1280, 900)
	p.sees("#headline", "All 120 phones trust the cluster")
	p.sees("#try-list .next", "Power off all phones")
	p.regenerates("test10sub", "CallManager")
	p.sees("#try-answer", "still on: they will follow this change")
	p.shoot("try-1-mistake")
	tries := func(words string) { p.clicks(`[data-try="` + words + `"]`) }
	tries("Power off all")
	p.sees("#try-list .next", "Regenerate CallManager on every node")
	p.sees("#try-list .done", "Power off")
	tries("Regenerate CallManager of test10pub")
	p.sees(`[data-node="test10pub"] .guard`, "nothing but CallManager")
	tries("Regenerate CallManager of test10sub")
	p.sees("#try-list .next", "Let six minutes pass")
	tries("+6 minutes")
	p.sees("#try-list .next", "Regenerate TVS on every node")
	tries("Regenerate TVS of test10pub")
	p.sees(`[data-node="test10pub"] .guard`, "nothing but TVS")
	tries("Regenerate TVS of test10sub")
	p.sees("#try-list .next", "Power on all phones")
	p.clicks("#all-reset")
	p.sees("#try-answer", "a reset before power on reaches nobody")
	tries("Power on all")
	p.sees("#headline", "All 120 phones are lost")
	p.sees("#try-list .next", "utils itl reset localkey")
	p.shoot("try-2-lost")
	tries("Type it on test10pub")
	p.sees("#prompt", "password")
	p.types("#typed", password)
	p.sees("#try-list .next", "Reset all phones")
	tries("Reset all phones")
	p.sees("#headline", "All 120 phones trust the cluster")
	p.do(chromedp.WaitVisible(chromedp.CSS("#try-over")))
	p.shoot("try-3-over")
}
