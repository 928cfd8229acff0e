package demo_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/internal/browsertest"
	"itlsim/lab"
)

// Before somebody regenerates a certificate, or enters a command, the page tells beside the
// button what would become of the phones. Nothing of it happens until it is done; and then what
// was told does.
func TestWhatIfOnThePage(t *testing.T) {
	t.Parallel()
	p := sit(t, func(c *demo.Config) { c.Mode, c.Phones = lab.Virtual, 40 })
	p.sees("#headline", "All 40 phones trust the cluster.")
	asks := func(unit, node, says string) {
		t.Helper()
		p.clicks(fmt.Sprintf(`button[aria-label="What if %s of %s is regenerated?"]`, unit, node))
		answer := `[data-whatif="regen-` + node + "-" + unit + `"]`
		p.sees(answer, says)
		require.True(t, evaluate[bool](p, fmt.Sprintf(
			`(() => { const r = document.querySelector(%q).getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight; })()`, answer)),
			"the answer is in sight")
	}
	asks("CallManager", "test10pub", "No phone would lose its trust.")

	p.clicks("#all-off")
	p.sees("#headline", "All 40 phones are off.")
	for _, unit := range []string{"CallManager", "TVS"} {
		p.regenerates("test10pub", unit)
		p.sees(`[data-node="test10pub"] .guard`, "nothing but "+unit)
		if unit == "CallManager" {
			p.regenerates("test10sub", unit)
			p.sees(`[data-node="test10sub"] .guard`, "nothing but "+unit)
		}
		p.clicks("#advance")
	}
	p.clicks(`button[aria-label="What if all phones are reset?"]`)
	p.sees(`[data-whatif="reset"]`, "none is registered with the cluster then")
	lists := p.reads("#nodes")
	asks("TVS", "test10sub", "All 40 phones would lose their trust when switched on again; "+
		"utils itl reset localkey would bring all of them back.")
	p.shoot("whatif")
	require.Contains(t, lists, p.reads(`[data-node="test10sub"] .sha1`), "nothing was done")
	p.regenerates("test10sub", "TVS")
	p.sees(`[data-node="test10sub"] .guard`, "nothing but TVS")
	require.Empty(t, p.reads(`[data-whatif="regen-test10sub-TVS"]`), "the cluster is another now")
	p.clicks("#all-on")
	p.sees("#headline", "lost")

	p.clicks("#tab-test10pub")
	p.do(chromedp.SendKeys(chromedp.CSS("#typed"), "utils itl reset localkey"))
	p.clicks("#what-if")
	p.sees(`[data-whatif="line"]`, "No phone would lose its trust; 40 phones would come back that are lost otherwise.")
	require.Equal(t, "utils itl reset localkey", evaluate[string](p, `document.getElementById("typed").value`))
	p.sees("#headline", "lost")

	p.types("#typed", "")
	p.sees("#prompt", "password")
	p.types("#typed", password)
	p.sees("#screen", "Cisco Tftp service restarted on host test10sub")
	p.sees("#prompt", "admin:")
	for _, node := range []string{"test10pub", "test10sub"} {
		p.sees(`[data-node="`+node+`"] .signer`, "ITLRECOVERY_test10pub")
	}
	told := func() error {
		ctx, cancel := context.WithTimeout(p.ctx, browsertest.Patience/10)
		defer cancel()
		return browsertest.Sees(ctx, `[data-whatif="tftp-test10pub"]`,
			"phones would lose their trust; utils itl reset localkey would bring all of them back.")
	}
	var err error
	for range 10 { // as long as the cluster changes, what is told is dropped
		p.clicks(`button[aria-label="What if Cisco Tftp is restarted on test10pub?"]`)
		if err = told(); err == nil {
			break
		}
	}
	if err != nil {
		p.fails("%v", err)
	}
	p.shoot("whatif-restart")
}
