package demo_test

import (
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/internal/browsertest"
	"itlsim/lab"
	"itlsim/scenarios"
)

// media has the page shown as somebody has set up his system: pairs of a feature and its value.
func (p *person) media(features ...string) {
	p.t.Helper()
	var set []*emulation.MediaFeature
	for i := 0; i < len(features); i += 2 {
		set = append(set, &emulation.MediaFeature{Name: features[i], Value: features[i+1]})
	}
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: set})
}

// inspect sits before a page at rest. axe is to have no finding where somebody looks, and
// everywhere, which is at its widest and narrowest, light and dark.
func inspect(t *testing.T) (p *person, look, everywhere func(state string)) {
	t.Helper()
	axe := browsertest.NewAxe(t)
	p = sit(t, func(c *demo.Config) { c.Phones, c.Mode = 40, lab.Virtual })
	look = func(state string) {
		t.Helper()
		p.rests()
		axe.Accepts(t, p.ctx, state)
	}
	everywhere = func(state string) {
		t.Helper()
		look(state)
		p.clicks("#theme")
		look(state + ", dark")
		p.window(390, 844)
		look(state + ", dark, 390 pixels")
		p.clicks("#theme")
		p.window(1280, 900)
	}
	p.window(1280, 900)
	p.sees("#headline", "All 40 phones trust the cluster.")
	return p, look, everywhere
}

// The page is for everybody, whatever it shows.
func TestAccessibleOnThePage(t *testing.T) {
	t.Parallel()
	p, look, everywhere := inspect(t)
	everywhere("at rest")

	p.clicks(`button[aria-label="What if TVS of test10sub is regenerated?"]`)
	p.sees(`[data-whatif="regen-test10sub-TVS"]`, "No phone would lose its trust.")
	p.clicks(`button[aria-label="What if all phones are reset?"]`)
	p.sees(`[data-whatif="reset"]`, "No phone would lose its trust.")
	everywhere("what if")
	p.window(1280, 720)
	look("the trust picture with little room")
	p.window(1280, 900)

	p.clicks("#wall-table-on")
	p.do(chromedp.WaitVisible(chromedp.CSS("#wall-table table")))
	everywhere("as a table")
	p.clicks("#wall-table-on")

	p.clicks("#tab-test10pub")
	p.types("#typed", "utils itl reset localkey")
	p.sees("#prompt", "Enter CCM Administrator password :")
	everywhere("the command line asks")
	p.types("#typed", password)
	p.sees("#screen", "The reset ITL file was generated successfully")

	p.types("#find-name", "SEP001BD4000001")
	p.sees("#phone-state", "Trusted")
	look("a phone")
	p.window(390, 844)
	look("a phone, 390 pixels")
	p.window(1280, 900)
	p.do(chromedp.KeyEvent(kb.Escape))
	p.clicks("#theme")
	p.types("#find-name", "SEP001BD4000000")
	p.sees("#phone-name", "SEP001BD4000000")
	p.clicks(`#device [data-key="menu"]`)
	p.sees("#phone-screen .chosen", "1 ")
	look("a phone and its menu, dark")
}

// So it is when it looks back and when a tour is played.
func TestAccessibleInTimeOnThePage(t *testing.T) {
	t.Parallel()
	p, _, everywhere := inspect(t)
	p.does("phones: power off")
	p.does("phones: power on")
	p.sees("#strip-marks", "2")
	p.do(chromedp.Focus(chromedp.CSS("#strip")), chromedp.KeyEvent(kb.Home))
	p.sees("#past", "You look at the end of step 1, ")
	everywhere("looking back")
	p.do(chromedp.KeyEvent(kb.Escape))

	p.do(chromedp.SetValue(chromedp.CSS("#tour-name"), "recovery"))
	p.clicks("#tour-start")
	p.sees("#tour-title", "1. A cluster whose phones have lost their trust")
	told := p.halts()
	everywhere("a tour")
	if told {
		p.clicks("#tour-next")
	}
	p.sees("#headline", "All 40 phones are lost")
	everywhere("all are lost")
}

func TestFailureOnThePageIsAccessible(t *testing.T) {
	t.Parallel()
	axe := browsertest.NewAxe(t)
	tour, err := scenarios.Load("fails.yaml", []byte(fails), os.DirFS("."))
	require.NoError(t, err)
	p := sit(t, func(c *demo.Config) { c.Phones, c.Mode, c.Tour = 6, lab.Virtual, &tour })
	p.sees("#tour-expected .failed", "all phones are untrusted")
	axe.Accepts(t, p.ctx, "a failed expectation")
	p.clicks("#theme")
	p.rests()
	axe.Accepts(t, p.ctx, "a failed expectation, dark")
}

// Presented and as notes, a tour is for everybody, too.
func TestPresentingOnThePageIsAccessible(t *testing.T) {
	t.Parallel()
	axe := browsertest.NewAxe(t)
	tour, ok := scenarios.Find("story")
	require.True(t, ok)
	p := lead(t, tour, 40)
	p.presses(kb.ArrowRight)
	p.sees("#tour-title", "1. ")
	page := evaluate[string](p, `location.href`)
	for _, address := range []string{page + "#present", page + "notes.html"} {
		p.do(chromedp.Navigate(address))
		p.sees("#tour-title", "1. ")
		axe.Accepts(t, p.ctx, address)
		p.do(chromedp.Evaluate[chromedp.Void](`localStorage.theme = "dark"`), chromedp.Reload())
		p.sees("#tour-title", "1. ")
		axe.Accepts(t, p.ctx, address+", dark")
	}
}

// Nothing moves for who wants nothing to move; and where the system gives the colours, the
// states are still told apart.
func TestMotionAndColoursOnThePageAreThePersons(t *testing.T) {
	t.Parallel()
	p := sit(t, func(c *demo.Config) { c.Phones, c.Mode = 8, lab.Virtual })
	p.sees("#headline", "All 8 phones trust the cluster.")
	moves := `(() => { let n = 0; const parts = [null, "::before", "::after"];
		for (const e of document.querySelectorAll("*")) for (const part of parts) {
		const s = getComputedStyle(e, part), long = (d) => d.split(",").some((d) => parseFloat(d) > 0);
		if ((s.animationName !== "none" && long(s.animationDuration)) || long(s.transitionDuration)) n++;
	} return n + document.getAnimations().length; })()`
	regenerate := func(node string) {
		p.holders(node)
		p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => { // a line moves for a second, which is not to be missed
			delete window.moves_;
			new MutationObserver((_, watch) => {
				if (document.querySelector("#trust .line.now")) { window.moves_ = %s; watch.disconnect(); }
			}).observe(document.getElementById("trust"), { subtree: true, childList: true });
		})()`, moves)))
		p.regenerates(node, "CallManager")
		p.becomes(`window.moves_ !== undefined`)
	}
	regenerate("test10pub")
	require.Positive(t, evaluate[int](p, "moves_"), "a line breaks before one's eyes")
	p.media("prefers-reduced-motion", "reduce")
	regenerate("test10sub")
	require.Zero(t, evaluate[int](p, "moves_"))

	p.media("forced-colors", "active")
	for _, told := range [][2]string{
		{`[data-rate][aria-pressed="true"]`, `[data-rate][aria-pressed="false"]`},
		{`#console-tabs [aria-selected="true"]`, `#console-tabs [aria-selected="false"]`},
		{`#strip-legend .untrusted .swatch`, `#strip-legend .trusted .swatch`},
	} {
		ground := func(selector string) string {
			return evaluate[string](p, fmt.Sprintf(`getComputedStyle(document.querySelector(%q)).backgroundColor`, selector))
		}
		require.NotEqual(t, ground(told[0]), ground(told[1]), told)
	}
	p.shoot("forced-colours")
}
