package demo_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"itlsim/demo"
	"itlsim/lab"
)

// holdsDown keeps a button of the mouse down on an element while something happens.
func (p *person) holdsDown(selector string, meanwhile func()) {
	p.t.Helper()
	mouse := func(does input.DispatchMouseEventType, at [2]float64) {
		p.do(chromedp.MouseEvent(does, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
	for range 20 {
		at := evaluate[[2]float64](p, fmt.Sprintf(`(() => { const e = document.querySelector(%q);
			e.scrollIntoView({ block: "center", behavior: "instant" });
			const r = e.getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2]; })()`, selector))
		mouse(chromedp.MousePressed, at)
		if evaluate[bool](p, fmt.Sprintf(`document.querySelector(%q).matches(":active")`, selector)) {
			meanwhile()
			mouse(chromedp.MouseReleased, at)
			return
		}
		mouse(chromedp.MouseReleased, [2]float64{}) // it has moved before it was pressed
	}
	p.t.Fatalf("%s moves all the time", selector)
}

// What is drawn anew while somebody presses it gets the click all the same, and is drawn then.
func TestWhatIsDrawnAnewOnThePageIsClicked(t *testing.T) {
	t.Parallel()
	p := sit(t, func(c *demo.Config) { c.Mode, c.Phones = lab.Virtual, 40 })
	p.sees("#headline", "All 40 phones trust the cluster.")
	p.does("phones: power off")
	p.sees("#strip-marks", "1")
	p.holdsDown("#strip-marks span", func() {
		p.does("wait: 6 minutes")
		p.do(chromedp.Poll[chromedp.Void](`document.getElementById("strip").getAttribute("aria-valuemax") === "2"`))
	})
	p.sees("#past", "You look at the end of step 1, ")
	p.sees("#strip-marks", "12")
	p.clicks("#back-to-now")

	p.holdsDown(`button[aria-label="What if TVS of test10pub is regenerated?"]`, func() {
		p.does("page: Common Phone Profile > settings access = Disabled")
		p.do(chromedp.Poll[chromedp.Void](`document.getElementById("strip").getAttribute("aria-valuemax") === "3"`))
	})
	p.sees(`[data-whatif="regen-test10pub-TVS"]`, "No phone would lose its trust.")
	p.do(chromedp.Poll[chromedp.Void](`!document.getElementById("settings-access").checked`))
}
