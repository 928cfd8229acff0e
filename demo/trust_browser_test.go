package demo_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"itlsim/scenarios"
)

// smallest is the size in pixels, as it stands on the screen, of the smallest text of the trust
// picture.
const smallest = `Math.min(...[...document.querySelectorAll("#trust text, #trust tspan")].map((t) =>
	parseFloat(getComputedStyle(t).fontSize) * document.querySelector("#trust svg").getScreenCTM().a))`

// whole tells whether all of the trust picture, and what is said beside it, is in sight.
const whole = `(() => { const room = document.querySelector("#trust-panel").getBoundingClientRect();
	return [...document.querySelectorAll("#trust svg, #trust .trust-says")].map((e) => e.getBoundingClientRect())
		.every((r) => r.bottom <= room.bottom + 1 && r.right <= room.right + 1) && room.bottom <= innerHeight + 1; })()`

// covered are texts of the trust picture that stand on each other, and names of lists that are
// not told apart.
const covered = `(() => {
	const boxes = [...document.querySelectorAll("#trust text")].filter((t) => !t.matches(".cut, .sign")).map((t) => [t.textContent, t.getBoundingClientRect()]);
	const on = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5;
	const names = [...document.querySelectorAll(".trust-tab .trust-list")].map((l) => l.innerText);
	return boxes.flatMap(([s, a], i) => boxes.slice(i + 1).filter(([, b]) => on(a, b)).map(([t]) => s + " on " + t))
		.concat(names.filter((n, i) => names.indexOf(n) !== i));
})()`

// readsTrust looks whether the trust picture is whole, and its text so many pixels large.
func (p *person) readsTrust(least float64, where string) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`)) // keys of the protocol scroll, too
	p.shoot("trust-" + where)
	p.becomes(fmt.Sprintf("%s + 0.01 >= %v", smallest, least))
	p.becomes(whole)
	p.becomes(covered + ".length === 0")
}

// In every step of the story the trust picture is whole, its text can be read at 1280 by 720
// pixels, and is larger where it is presented; and lists have names that tell them apart.
func TestTrustIsReadOnThePage(t *testing.T) {
	t.Parallel()
	tour, ok := scenarios.Find("story")
	require.True(t, ok)
	p := lead(t, tour, 40)
	p.window(1280, 720)
	for step := range tour.Steps {
		p.begins(fmt.Sprintf("%d. ", step+1))
		p.becomes(`/Paused|the end of the tour/.test(document.getElementById("tour-status").textContent)`)
		p.readsTrust(12, fmt.Sprintf("step-%d", step+1))
		p.presses("p")
		p.do(chromedp.WaitNotVisible(chromedp.CSS("#tour-next")))
		p.readsTrust(14, fmt.Sprintf("step-%d-presented", step+1))
		p.presses("p")
		p.do(chromedp.WaitVisible(chromedp.CSS("#tour-next")))
	}
}
