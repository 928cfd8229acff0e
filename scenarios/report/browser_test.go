package report_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
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

// The report is read in a real browser: nothing stands out sideways, on a desk and in a
// hand, light and dark; what is folded is on paper.
func TestReportOnThePage(t *testing.T) {
	ctx, dir := browsertest.Open(t, 10*time.Minute), browsertest.Shots(t)
	path := filepath.Join(t.TempDir(), "report.html")
	f, err := os.Create(path)
	require.NoError(t, err)
	require.NoError(t, full().WriteHTML(f))
	require.NoError(t, f.Close())

	ask := func(expression string) string {
		t.Helper()
		is, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
		require.NoError(t, err)
		return is
	}
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 390} {
			require.NoError(t, chromedp.Do(ctx, media("screen", scheme), chromedp.EmulateViewport(width, 900),
				chromedp.Navigate("file://"+path)))
			png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
			require.NoError(t, err)
			picture := filepath.Join(dir, fmt.Sprintf("report-%s-%d.png", scheme, width))
			require.NoError(t, os.WriteFile(picture, png, 0o644))
			ask(`document.querySelectorAll("details").forEach(d => d.open = true), ""`)
			require.Equal(t, fmt.Sprint(width), ask(`""+document.documentElement.scrollWidth`), "nothing stands out sideways")
			require.Empty(t, ask(contrasts), scheme)
		}
	}
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate("file://"+path)))
	const hidden = `[...document.querySelectorAll("details > :not(summary)")].filter(e =>
		!e.checkVisibility({contentVisibilityAuto: true}) || e.getBoundingClientRect().height === 0).length + ""`
	require.NotEqual(t, "0", ask(hidden), "much is folded")
	require.NoError(t, chromedp.Do(ctx, media("print", "light")))
	err = chromedp.Do(ctx, chromedp.Poll[chromedp.Void](hidden+`=== "0"`,
		chromedp.WithPollingInterval(50*time.Millisecond), chromedp.WithPollingTimeout(5*time.Minute)))
	require.NoError(t, err, "and nothing on paper")

	require.NoError(t, chromedp.Do(ctx, media("screen", "light"),
		chromedp.SendKeys(chromedp.CSS("#phone"), "sep00000000002a")))
	require.Equal(t, "1 story", ask(`document.getElementById("found").textContent`))
	require.Equal(t, "1", ask(`document.querySelectorAll(".story:not([hidden])[open]").length + ""`))
}

// media is what the page is shown on.
func media(on, scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media: on, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}
