package demo_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/lab"
)

// holdsDown keeps a button of the mouse down on an element while something happens. The pointer
// stays on it where the page moves meanwhile.
func (p *person) holdsDown(selector string, meanwhile func()) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		`document.querySelector(%q).scrollIntoView({ block: "center", behavior: "instant" })`, selector)))
	mouse := func(does input.DispatchMouseEventType, away float64) {
		at := evaluate[[2]float64](p, fmt.Sprintf(`(() => { const r = document.querySelector(%q).getBoundingClientRect();
			return [r.x + r.width / 2, r.y + r.height / 2]; })()`, selector))
		p.do(chromedp.MouseEvent(does, at[0]-away, at[1]-away, chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
	for range 20 {
		mouse(chromedp.MousePressed, 0)
		if evaluate[bool](p, fmt.Sprintf(`document.querySelector(%q).matches(":active")`, selector)) {
			meanwhile()
			mouse(chromedp.MouseReleased, 0)
			return
		}
		mouse(chromedp.MouseReleased, 100) // it had moved before it was pressed
	}
	p.t.Fatalf("%s moves all the time", selector)
}

// pressed reports whether an element that is pressed while the page draws it anew gets its click,
// by what shows then. The page may move under the pointer, so it is pressed up to five times.
func (p *person) pressed(selector string, act string, shows, text string) bool {
	p.t.Helper()
	for range 5 {
		p.holdsDown(selector, func() {
			moments := evaluate[string](p, `document.getElementById("strip").getAttribute("aria-valuemax")`)
			p.does(act)
			p.do(chromedp.Poll[chromedp.Void](fmt.Sprintf(
				`document.getElementById("strip").getAttribute("aria-valuemax") !== %q`, moments)))
		})
		for range 40 {
			if strings.Contains(p.reads(shows), text) {
				return true
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	return false
}

// What is drawn anew while somebody presses it gets the click all the same, and is drawn then.
func TestWhatIsDrawnAnewOnThePageIsClicked(t *testing.T) {
	t.Parallel()
	p := sit(t, func(c *demo.Config) { c.Mode, c.Phones = lab.Virtual, 40 })
	p.sees("#headline", "All 40 phones trust the cluster.")
	p.does("phones: power off")
	p.sees("#strip-marks", "1")
	require.True(t, p.pressed("#strip-marks span", "wait: 1 minute", "#past", "You look at the end of step 1, "))
	p.sees("#strip-marks", "12")
	p.clicks("#back-to-now")
	require.True(t, p.pressed(`button[aria-label="What if TVS of test10pub is regenerated?"]`,
		"page: Common Phone Profile > settings access = Disabled",
		`[data-whatif="regen-test10pub-TVS"]`, "No phone would lose its trust."))
	p.do(chromedp.Poll[chromedp.Void](`!document.getElementById("settings-access").checked`))
}
