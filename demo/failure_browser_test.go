package demo_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/lab"
	"itlsim/scenarios"
)

const fails = `
name: fails
shows: an expectation that does not hold
phones:
  - {group: floor-1, count: 6}
steps:
  - step: The phones are switched on
    says: They boot, and trust the cluster.
    do: [{phones: power on}]
    expect: [all phones are untrusted]
  - step: Nothing more
    do: [{phones: power off}]
    expect: [all phones are off]
`

// contrasts are how readable the texts within an element are against what is behind them, by
// WCAG's measure, the worst.
const contrasts = `((selector) => {
	const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
	const luminance = (c) => { const [r, g, b] = c.match(/[\d.]+/g).map(Number); return 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b); };
	const behind = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (c !== "rgba(0, 0, 0, 0)") return c; } };
	const of = (e) => { const [a, b] = [luminance(getComputedStyle(e).color), luminance(behind(e))].sort((x, y) => x - y); return (b + 0.05) / (a + 0.05); };
	return Math.min(...[...document.querySelectorAll(selector + ", " + selector + " *")].map(of));
})`

// An expectation that fails is readable in either theme, says what is the case, and keeps the
// tour where it is.
func TestFailureOnThePage(t *testing.T) {
	t.Parallel()
	tour, err := scenarios.Load("fails.yaml", []byte(fails), os.DirFS("."))
	require.NoError(t, err)
	p := sit(t, func(c *demo.Config) { c.Phones, c.Mode, c.Tour = 6, lab.Virtual, &tour })
	p.window(1280, 720)
	p.sees("#tour-expected .failed", "all phones are untrusted")
	p.sees("#tour-expected .failed .note", "trusted")
	for _, theme := range []string{"light", "dark"} {
		p.shoot("failure-" + theme)
		require.Greater(t, evaluate[float64](p, contrasts+`("#tour-expected .failed")`), 4.5, theme)
		p.clicks("#theme")
	}
	p.fits("a failed expectation", everyScreen...)
	p.sees("#tour-title", "1. The phones are switched on")
	p.sees("#tour-pause", "Play") // it waits for somebody who has read that
}
