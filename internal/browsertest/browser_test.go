package browsertest

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// What a page shows is waited for, not for ever, and what stands there instead is told.
func TestSeesOnThePage(t *testing.T) {
	ctx := Open(t, 2*Patience)
	require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(
		`data:text/html,<p id=now>It is dark. <script>setTimeout(() => now.append("It dawns."), 500)</script>`)))
	require.NoError(t, Sees(ctx, "#now", "dawns"))
	err := sees(ctx, "#now", "noon", time.Second)
	require.ErrorContains(t, err, `#now has not shown "noon" for 1s, but "It is dark. `)
	require.ErrorContains(t, err, "It dawns.")
	require.ErrorContains(t, sees(ctx, "#then", "noon", time.Second), `(no such element)`)
}
