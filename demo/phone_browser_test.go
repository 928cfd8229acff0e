package demo_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/internal/browsertest"
	"itlsim/lab"
	"itlsim/scenarios"
)

// walksItsMenus goes by the keys of the phone that is opened, an 8861, to its status
// messages and to its list, whose checksum is that of the list which the API says it
// holds, and back.
func (p *person) walksItsMenus(name string) {
	p.t.Helper()
	screen := chromedp.CSS("#phone-screen")
	p.clicks(`#device [data-key="menu"]`)
	p.sees("#phone-screen", "Admin settings")
	p.do(chromedp.SendKeys(screen, "531"))
	p.sees("#phone-screen .title", "Status messages")
	p.sees("#phone-screen", "Trust List update failed")
	p.sees("#device .sr[role=status]", "Status messages: ")
	p.shoot("3-status-messages")

	p.clicks(`#device [data-key="soft3"]`) // Exit
	p.sees("#phone-screen .title", "Status")
	p.clicks(`#device [data-key="back"]`)
	p.do(chromedp.SendKeys(screen, "232"))
	p.sees("#phone-screen .title", "ITL file")
	p.sees("#phone-screen", "TVS")
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf(
		`void import("./api.js").then((api) => api.phone(%q)).then((v) => { document.body.dataset.held = v.itl.sha1; })`,
		name)))
	p.becomes(`document.body.dataset.held`)
	held := evaluate[string](p, `document.body.dataset.held`)
	require.Len(p.t, held, 40)
	require.Equal(p.t, held, strings.ToLower(strings.ReplaceAll(p.reads("#phone-screen .chosen .value"), " ", "")))
	p.shoot("3-itl-file")
	p.clicks(`#device [data-key="menu"]`)
	p.sees("#phone-screen", "Line 1")
}

const builds = `
name: builds
shows: phones of three builds
phones:
  - {group: grey, count: 1, models: ["8811"]}
  - {group: small, count: 1, models: ["6901"]}
  - {group: adapters, count: 1, models: ["ATA 191"]}
steps:
  - step: They are switched on
    do: [{phones: power on}]
`

// A phone is drawn as it is: an 8811's screen is grey, a 6901 has no screen and is no adapter.
func TestBuildsOnThePage(t *testing.T) {
	t.Parallel()
	tour, err := scenarios.Load("builds.yaml", []byte(builds), os.DirFS("."))
	require.NoError(t, err)
	p := sit(t, func(c *demo.Config) { c.Phones, c.Mode, c.Tour = 3, lab.Virtual, &tour })
	p.sees("#headline", "All 3 phones trust the cluster.")
	for i, is := range []string{".phone.desk.grey #phone-screen", ".phone.bare .pad", ".phone.blank"} {
		p.types("#find-name", fmt.Sprintf("SEP001BD400000%d", i))
		p.do(chromedp.WaitVisible(chromedp.CSS("#device " + is)))
		p.shoot(fmt.Sprintf("build-%d", i))
		t.Run("accessible", func(t *testing.T) { browsertest.NewAxe(t).Accepts(t, p.ctx, is) })
		p.do(chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible(chromedp.CSS("#phone")))
	}
}
