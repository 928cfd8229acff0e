package report_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"itlsim/internal/browsertest"
)

// contrasts are the texts that are hard to read: the ratio to what is behind them is under
// 4.5, which WCAG 2.2 (1.4.3) asks for.
const contrasts = `(() => {
	const rgb = c => c.match(/[\d.]+/g).map(Number);
	const linear = v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
	const light = c => { const [r, g, b] = rgb(c).map(v => linear(v / 255));
		return .2126 * r + .7152 * g + .0722 * b };
	const behind = e => {
		for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (rgb(c)[3] !== 0) return c }
		return "rgb(255, 255, 255)" };
	const bad = [];
	for (const e of document.body.querySelectorAll("*:not(script)")) {
		if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
		const a = light(getComputedStyle(e).color), b = light(behind(e));
		const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		if (ratio < 4.5) bad.push(e.tagName + " " + e.className + " " + ratio.toFixed(2) + " " + e.textContent.slice(0, 30));
	}
	return bad.join("\n");
})()`

// A reader looks at a page in a browser.
type reader struct {
	*testing.T
	ctx context.Context
	dir string // for pictures
}

// ask has the page evaluate an expression, whose value is text.
func (r *reader) ask(expression string) string {
	r.Helper()
	is, err := chromedp.Run(r.ctx, chromedp.Evaluate[string](expression))
	require.NoError(r, err)
	return is
}

// The reports are read in a real browser: nothing stands out sideways, on a desk and in a
// hand, light and dark; what is folded is on paper.
func TestReportOnThePage(t *testing.T) {
	r := &reader{t, browsertest.Open(t, 20*time.Minute), browsertest.Shots(t)}
	for name, is := range boards(t, 1) {
		path := filepath.Join(t.TempDir(), "report.html")
		f, err := os.Create(path)
		require.NoError(t, err)
		require.NoError(t, is.WriteHTML(f))
		require.NoError(t, f.Close())
		r.onScreens("file://"+path, name)
		if name == "full" {
			r.unfolds("file://" + path)
			r.finds()
		}
		r.print("file://"+path, name)
	}
}

// onScreens looks at a page as screens show it.
func (r *reader) onScreens(url, name string) {
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 390} {
			require.NoError(r, chromedp.Do(r.ctx, browsertest.Media("screen", scheme), chromedp.EmulateViewport(width, 900),
				chromedp.Navigate(url)))
			png, err := chromedp.Run(r.ctx, chromedp.FullScreenshot(100))
			require.NoError(r, err)
			picture := filepath.Join(r.dir, fmt.Sprintf("report-%s-%s-%d.png", name, scheme, width))
			require.NoError(r, os.WriteFile(picture, png, 0o644))
			r.ask(`document.querySelectorAll("details").forEach(d => d.open = true), ""`)
			require.Equal(r, fmt.Sprint(width), r.ask(`""+document.documentElement.scrollWidth`), "nothing stands out sideways")
			require.Empty(r, r.ask(contrasts), "%s, %s", name, scheme)
		}
	}
}

// unfolds looks whether all that is folded is on paper, but for stories that end well.
func (r *reader) unfolds(url string) {
	require.NoError(r, chromedp.Do(r.ctx, chromedp.Navigate(url)))
	const hidden = `[...document.querySelectorAll("details:not(.fine) > :not(summary, .story > .names)")].filter(e =>
		!e.checkVisibility({contentVisibilityAuto: true}) || e.getBoundingClientRect().height === 0).length + ""`
	require.NotEqual(r, "0", r.ask(hidden), "much is folded")
	require.NoError(r, chromedp.Do(r.ctx, browsertest.Media("print", "light")))
	require.NoError(r, browsertest.Becomes(r.ctx, hidden+`=== "0"`), "and nothing on paper")
}

// finds looks for the story of a phone.
func (r *reader) finds() {
	require.NoError(r, chromedp.Do(r.ctx, browsertest.Media("screen", "light"),
		chromedp.SendKeys(chromedp.CSS("#phone"), "sep00000000002a")))
	require.Equal(r, "1 story", r.ask(`document.getElementById("found").textContent`))
	require.Equal(r, "1", r.ask(`document.querySelectorAll(".story:not([hidden])[open]").length + ""`))
}

// print prints the page on A4, from a browser that is dark.
func (r *reader) print(url, name string) {
	yes := true
	var pdf []byte
	err := chromedp.Do(r.ctx, browsertest.Media("", "dark"), chromedp.Navigate(url),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			printed, err := cdp.Call(ctx, t, page.PrintToPDF, page.PrintToPDFParams{PreferCSSPageSize: &yes})
			pdf = printed.Data
			return err
		}))
	require.NoError(r, err)
	require.NoError(r, os.WriteFile(filepath.Join(r.dir, "report-"+name+".pdf"), pdf, 0o644))
}
