package browsertest

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
)

// axeVariable names the script of the accessibility checker axe, which .ci/run has installed as
// testdata/axe/package.json says.
const axeVariable = "ITLSIM_AXE"

// An Axe finds what keeps people from a page who do not see it, or do not use it by a mouse.
type Axe struct{ script string }

// NewAxe skips the test where there is no axe.
func NewAxe(t *testing.T) Axe {
	t.Helper()
	path := os.Getenv(axeVariable)
	if path == "" {
		sftptest.Missing(t, axeVariable+" names no script of axe (npm's axe-core)")
	}
	script, err := os.ReadFile(path)
	require.NoError(t, err)
	return Axe{string(script)}
}

// findings are axe's, one a line: rule, its text, the element, and what of it. They are of the
// rules of WCAG 2.2, levels A and AA, and of axe's best practices.
const findings = `axe.run().then(({ violations, passes }) => [String(passes.length), ...violations.flatMap((v) =>
	v.nodes.map((n) => v.id + ": " + v.help + "\n\t" + n.html.slice(0, 200) + "\n\t" + n.failureSummary))])`

// Accepts requires that axe has no finding on what the browser of Open shows, in a state of the
// page that is named.
func (a Axe) Accepts(t *testing.T, ctx context.Context, state string) {
	t.Helper()
	said, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](
		fmt.Sprintf("(() => { if (!window.axe) { %s }; return %s; })()", a.script, findings), chromedp.EvalAwaitPromise))
	require.NoError(t, err, state)
	require.NotEqual(t, "0", said[0], "axe looked at nothing")
	if found := said[1:]; len(found) > 0 {
		t.Errorf("%s: axe has %d findings:", state, len(found))
		for _, f := range found {
			t.Log(f)
		}
	}
}
