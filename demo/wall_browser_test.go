package demo_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/internal/browsertest"
	"itlsim/lab"
)

// told are the numbers that the page shows at one time.
type told struct {
	Headline string         `json:"headline"`
	Sum      int            `json:"sum"` // of the headline's numbers, each phone once
	Legend   map[string]int `json:"legend"`
	Blocks   int            `json:"blocks"` // of all blocks' rows in the table
	All      int            `json:"all"`    // in its last row
	Lists    int            `json:"lists"`  // of phones by lists held, unknown ones too
}

const tellings = `(() => {
	const n = (text) => Number(text.replaceAll(",", ""));
	const headline = document.getElementById("headline").textContent;
	const once = headline.replaceAll(",", "").replace(/; (\d+|all) of them[^;.]*/g, "").replace(/of \d+ phones/, "phones");
	const rows = [...document.querySelectorAll("#wall-table tbody tr")].map((r) => n(r.cells[1].textContent));
	const sum = (of) => of.reduce((a, b) => a + b, 0);
	return { headline, sum: sum((once.match(/\d+/g) ?? []).map(Number)),
		legend: Object.fromEntries([...document.querySelectorAll("#legend li")].map((l) => [l.dataset.state, n(l.querySelector("b").textContent)])),
		blocks: sum(rows.slice(0, -1)), all: rows.at(-1), lists: sum([...document.querySelectorAll("#lists td.num")].map((c) => n(c.textContent))) };
})()`

// addsUp wants all numbers of the page to add up to so many phones.
func (p *person) addsUp(phones int) {
	p.t.Helper()
	now := evaluate[told](p, tellings)
	legend := 0
	for state, n := range now.Legend {
		if state != "waiting" {
			legend += n
		}
	}
	require.Equal(p.t, []int{phones, phones, phones, phones, phones},
		[]int{now.Sum, legend, now.Blocks, now.All, now.Lists}, "%+v", now)
}

// agrees waits until the page's numbers are those that the cluster's API has, which holds while
// nothing happens.
func (p *person) agrees() {
	p.t.Helper()
	p.becomes(`(async () => {
		const { states } = await (await fetch("/api/v1/cluster")).json();
		const legend = (s) => Number(document.querySelector("#legend [data-state=" + s + "] b").textContent.replaceAll(",", ""));
		return legend("booting") === 0 && Object.keys(states).every((s) => legend(s) === states[s]);
	})()`)
}

// Headline, legend, table and lists tell of as many phones as there are, also while they change,
// and of the same as the cluster does; the wall stands by what phones have in common.
func TestNumbersOnThePageAddUp(t *testing.T) {
	t.Parallel()
	const phones = 400
	p := sit(t, func(c *demo.Config) { c.Phones, c.Mode = phones, lab.Virtual })
	p.window(1280, 720)
	p.sees("#headline", "phones")
	watches := func(until string) {
		t.Helper()
		end := time.Now().Add(browsertest.Patience)
		for by := 0; p.reads("#headline") != until; by++ {
			p.do(chromedp.SetValue(chromedp.CSS("#wall-by"), []string{"node", "group", "model", "list"}[by%4]),
				chromedp.Evaluate[chromedp.Void](`document.getElementById("wall-by").dispatchEvent(new Event("change"))`))
			p.rests()
			p.addsUp(phones)
			require.True(t, time.Now().Before(end), "%s", p.reads("#headline"))
		}
		p.agrees()
		p.addsUp(phones)
	}
	watches("All 400 phones trust the cluster.")
	p.clicks("#all-off")
	watches("All 400 phones are off.")
	p.clicks("#all-on")
	watches("All 400 phones trust the cluster.")
	p.clicks("#all-reset")
	p.addsUp(phones)
	watches("All 400 phones trust the cluster.")

	p.clicks("#wall-table-on")
	p.do(chromedp.WaitVisible(chromedp.CSS("#wall-table table")), chromedp.WaitNotVisible(chromedp.CSS("#wall")))
	require.Equal(t, "All400", p.reads("#wall-table tbody tr:last-child th")+p.reads("#wall-table tbody tr:last-child td"))
}

// does an act to its end, as programs have it done.
func (p *person) does(act string) {
	p.t.Helper()
	status, err := chromedp.Run(p.ctx, chromedp.Evaluate[int](fmt.Sprintf(`fetch("/api/v1/acts", { method: "POST",
		headers: { "Content-Type": "application/json" }, body: JSON.stringify({ do: [%q] }) }).then((r) => r.status)`, act),
		chromedp.EvalAwaitPromise))
	require.NoError(p.t, err)
	require.Equal(p.t, 200, status)
}

// The strip leads back to the ends of steps, by keyboard and pointer, and to now again.
func TestTimeOnThePageLeadsBack(t *testing.T) {
	t.Parallel()
	p := sit(t, func(c *demo.Config) { c.Phones, c.Mode = 120, lab.Virtual })
	p.window(1280, 720)
	p.clicks(`[data-rate="60"]`)
	p.sees("#headline", "All 120 phones trust the cluster.")
	p.does("phones: power off")
	p.sees("#headline", "All 120 phones are off.")
	p.clicks("#advance")
	p.does("phones: power on")
	p.sees("#headline", "All 120 phones trust the cluster.")
	p.sees("#strip-marks", "2")
	p.sees("#strip-times", "pass") // time in which nothing happens is cut, and is said

	p.do(chromedp.Focus(chromedp.CSS("#strip")), chromedp.KeyEvent(kb.Home))
	p.sees("#past", "You look at the end of step 1, ")
	p.sees("#headline", "All 120 phones are off.")
	require.Greater(t, p.painted("off"), 0.9)
	p.sees("#trust-tabs", "all off")
	p.sees("#strip-says", "At the end of step 1: 120 off")
	require.True(t, evaluate[bool](p, `document.getElementById("cluster-panel").inert`))
	p.shoot("back-in-time")
	p.do(chromedp.KeyEvent(kb.Escape))
	p.sees("#headline", "All 120 phones trust the cluster.")
	require.Empty(t, p.reads("#past"))
	require.Greater(t, p.painted("trusted"), 0.9)

	p.clicks("#strip-marks span")
	p.sees("#headline", "All 120 phones are off.")
	p.clicks("#all-off") // an act is on what is
	p.sees("#past", "")
	p.becomes(`!document.documentElement.classList.contains("past")`)
	p.sees("#strip-marks", "3")
	require.True(t, evaluate[bool](p, `document.getElementById("strip-panel").getBoundingClientRect().bottom <= innerHeight`),
		fmt.Sprintf("the strip is in sight: %s", p.reads("#strip-says")))
	p.do(chromedp.Evaluate[chromedp.Void](`document.getElementById("log-panel").scrollIntoView()`))
	require.True(t, evaluate[bool](p, `(() => { const r = document.getElementById("strip-panel").getBoundingClientRect();
		return r.top >= -1 && r.bottom <= innerHeight + 1; })()`), "also further down")

	// What was done by a button ends when its phones are through, and old moments are gone.
	p.clicks("#all-on")
	p.sees("#headline", "All 120 phones trust the cluster.")
	p.sees("#strip-marks", "4")
	p.do(chromedp.Focus(chromedp.CSS("#strip")), chromedp.KeyEvent(kb.ArrowLeft))
	p.sees("#past", "You look at the end of step 4, ")
	p.sees("#headline", "All 120 phones trust the cluster.")
	for range 50 {
		p.does("wait: 1 s")
	}
	p.sees("#strip-marks", "54")
	p.do(chromedp.Focus(chromedp.CSS("#strip")), chromedp.KeyEvent(kb.Home)) // where marks are is a matter of how long steps took
	p.sees("#past", "The end of step 1 cannot be looked at: this moment is not kept any more, only the last 50 are.")
	p.sees("#strip-says", "Now")
}
