package docs

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"itlsim/internal/browsertest"
	"itlsim/internal/sftptest"
)

// siteVariable names the folder in which docs/site/build has put the site.
const siteVariable = "ITLSIM_SITE"

// The site is read on a desk and in a hand, in light and dark: nothing stands out sideways, axe
// has no finding, and nothing is fetched from elsewhere. A search leads to the page that it found;
// what axe says of the open search is of the generator's own markup, and is not asked.
func TestSiteOnThePage(t *testing.T) {
	ctx := browsertest.Open(t, 10*time.Minute)
	dir, axe, shots := os.Getenv(siteVariable), browsertest.NewAxe(t), browsertest.Shots(t)
	if dir == "" {
		sftptest.Missing(t, siteVariable+" names no folder with the site that docs/site/build makes")
	}
	server := httptest.NewServer(http.FileServer(http.Dir(dir)))
	t.Cleanup(server.Close)
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{390, 1280} {
			require.NoError(t, chromedp.Do(ctx, chromedp.EmulateViewport(width, 900),
				browsertest.Media("screen", scheme)))
			for _, page := range []string{"index", "writing-scenarios"} {
				state := fmt.Sprintf("site-%s-%d-%s", page, width, scheme)
				require.NoError(t, chromedp.Do(ctx, chromedp.Navigate(server.URL+"/"+page+".html")))
				require.NoError(t, browsertest.Sees(ctx, "#VPSidebarNav", "Contributing"))
				wide, err := chromedp.Run(ctx, chromedp.Evaluate[int64]("document.documentElement.scrollWidth"))
				require.NoError(t, err)
				require.LessOrEqual(t, wide, width, state)
				foreign, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](
					`performance.getEntriesByType("resource").map(e => e.name).filter(n => !n.startsWith(location.origin))`))
				require.NoError(t, err)
				require.Empty(t, foreign, state)
				axe.Accepts(t, ctx, state)
				png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
				require.NoError(t, err)
				require.NoError(t, os.WriteFile(filepath.Join(shots, state+".png"), png, 0o666))
			}
		}
	}
	require.NoError(t, browsertest.Click(ctx, "#local-search button"))
	require.NoError(t, chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS("#localsearch-input"), "DeviceTLInfo says")))
	require.NoError(t, browsertest.Sees(ctx, "#localsearch-list li", "What DeviceTLInfo says"))
	require.NoError(t, chromedp.Do(ctx, chromedp.SendKeys(chromedp.CSS("#localsearch-input"), kb.Enter)))
	require.NoError(t, browsertest.Sees(ctx, "h1", "What a phone speaks"))
}
