package demo_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/internal/browsertest"
	"itlsim/lab"
)

// isClickedAnew requires that an element gets its click that is pressed while something is done
// for which the page is to draw it anew, and that it is drawn then. The page may move under the
// pointer, too, which then presses once more, after what is to be done before.
func (p *person) isClickedAnew(selector string, before, meanwhile func()) {
	p.t.Helper()
	for range 10 {
		before()
		press, err := browsertest.Press(p.ctx, selector, func() {
			p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`document.querySelector(%q).dataset.old = ""`, selector)))
			meanwhile()
		})
		require.NoError(p.t, err)
		if press.Down {
			p.becomes(`!document.querySelector("[data-old]")`)
		}
		if press.Down && press.Up {
			require.True(p.t, press.Clicked, "%s was drawn anew while it was pressed", selector)
			return
		}
	}
	p.t.Fatalf("%s moves all the time", selector)
}

// allow has the phones' configuration say whether their settings can be reached, which the page
// shows; nothing else changes.
func (p *person) allow(settings bool) {
	p.t.Helper()
	p.does("page: Common Phone Profile > settings access = " + map[bool]string{true: "Enabled", false: "Disabled"}[settings])
	p.becomes(fmt.Sprintf(`document.getElementById("settings-access").checked === %v`, settings))
}

// What is drawn anew while somebody presses it gets the click all the same, and is drawn then.
func TestWhatIsDrawnAnewOnThePageIsClicked(t *testing.T) {
	t.Parallel()
	p := sit(t, func(c *demo.Config) { c.Mode, c.Phones = lab.Virtual, 40 })
	p.sees("#headline", "All 40 phones trust the cluster.")

	p.isClickedAnew(`[data-try="Power off all"]`, func() {
		p.does("phones: power on")
		p.sees("#try-list .next", "Power off all")
	}, func() {
		p.does("phones: power off")
		p.sees("#headline", "All 40 phones are off.")
		p.becomes(`new Promise((passed) => setTimeout(passed, 1000, true))`) // the list is looked at twice a second
	})
	p.sees("#try-list .next", "Regenerate CallManager on every node")

	p.isClickedAnew(".trust-tab b", func() {
		p.does("phones: power on")
		p.sees("#trust-says", "they take it.")
	}, func() {
		p.does("phones: power off")
		p.sees("#trust-says", "they would take it.")
	})
	p.isClickedAnew("#strip-marks span", func() {}, func() {
		moments := p.reads("#strip-marks")
		p.does("wait: 1 minute")
		p.becomes(`document.getElementById("strip").getAttribute("aria-valuemax") > document.querySelectorAll("#strip-marks span").length`)
		require.Equal(p.t, moments, p.reads("#strip-marks"))
	})
	p.sees("#past", "You look at the end of step 1, ")
	p.clicks("#back-to-now")

	p.isClickedAnew(`button[aria-label="What if TVS of test10pub is regenerated?"]`,
		func() { p.allow(true) }, func() { p.allow(false) })
	p.sees(`[data-whatif="regen-test10pub-TVS"]`, "No phone would lose its trust.")
}

// Who has pressed a button in a panel and looks elsewhere is left there when the panel is drawn
// anew, and the button keeps the focus.
func TestPanelOnThePageIsDrawnWhereItIs(t *testing.T) {
	t.Parallel()
	p := sit(t, func(c *demo.Config) { c.Mode, c.Phones = lab.Virtual, 8 })
	p.sees("#headline", "All 8 phones trust the cluster.")
	p.regenerates("test10sub", "CallManager")
	p.sees(`[data-node="test10sub"] .guard`, "nothing but CallManager")
	p.do(chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`))
	p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("#nodes .node").dataset.old = ""`))
	p.allow(false)
	p.becomes(`!document.querySelector("[data-old]")`)
	p.rests()
	require.Equal(t, 0, evaluate[int](p, `scrollY`))
	require.Equal(t, "regen-test10sub-CallManager", evaluate[string](p, `document.activeElement.dataset.key`))
}
