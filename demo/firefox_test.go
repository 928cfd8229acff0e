package demo_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/internal/browsertest"
	"itlsim/lab"
)

// A reader sits before the page in Firefox.
type reader struct {
	*browsertest.Firefox
	t *testing.T
}

// becomes waits until an expression has a value that contains a text, or is that text if it is "".
func (r reader) becomes(expression, text string) {
	r.t.Helper()
	for until := time.Now().Add(browsertest.Patience); ; time.Sleep(50 * time.Millisecond) {
		is := r.Evaluate(expression)
		if strings.Contains(is, text) && (text != "" || is == "") {
			return
		}
		require.True(r.t, time.Now().Before(until), "%s never became %q, but is %q", expression, text, is)
	}
}

func (r reader) sees(selector, text string) {
	r.t.Helper()
	r.becomes(fmt.Sprintf(`document.querySelector(%q)?.textContent`, selector), text)
}

func (r reader) clicks(selector string) {
	r.t.Helper()
	r.Evaluate(fmt.Sprintf(`document.querySelector(%q).click()`, selector))
}

// keeps a picture of what the window shows.
func (r reader) keeps(name string) {
	r.t.Helper()
	require.NoError(r.t, os.WriteFile(filepath.Join(browsertest.Shots(r.t), name+".png"), r.Shoot(), 0o644))
}

// In Firefox the page is what it is in Chromium: the wall is painted, the trust picture drawn, a
// tour plays, a phone opens and is used by its keys, the tour is presented, all fits, and nothing
// is logged as an error.
func TestFirefoxOnThePage(t *testing.T) {
	t.Parallel()
	f := reader{browsertest.OpenFirefox(t), t}
	f.Go(start(t, func(c *demo.Config) { c.Phones, c.Mode = 40, lab.Virtual }).URL(), 1280, 900)
	colours := `new Set(new Uint32Array(document.getElementById("wall").getContext("2d").getImageData(0, 0,
		document.getElementById("wall").width, document.getElementById("wall").height).data.buffer)).size > 1`
	f.sees("#headline", "All 40 phones trust the cluster.")
	require.Equal(t, "true", f.Evaluate(colours), "the wall is painted")
	f.becomes(`document.querySelectorAll("#trust .line").length > 0`, "true")

	f.Evaluate(`document.getElementById("tour-name").value = "recovery"`)
	f.clicks("#tour-start")
	f.sees("#tour-title", "1. A cluster whose phones have lost their trust")
	f.clicks(`[data-rate="60"]`)
	f.sees("#headline", "All 40 phones are lost")
	f.sees("#tour-title", "2. ")
	f.clicks("#tour-pause")
	f.becomes(misfits, "")
	f.keeps("firefox")
	f.opensAPhone("SEP001BD4000000")

	f.Evaluate(`document.activeElement.blur()`)
	f.Press("p")
	f.becomes(`document.getElementById("tour-next").checkVisibility()`, "false")
	for _, width := range []int{1280, 1920} {
		f.Size(width, width*9/16)
		f.becomes(misfits, "")
	}
	f.keeps("firefox-presented")
	f.Press("p")
	f.becomes(`document.getElementById("tour-next").checkVisibility()`, "true")
	require.Empty(t, f.Errors())
}

// opensAPhone opens one, an 8861 that is lost, goes by its keys to its status messages, and closes it.
func (r reader) opensAPhone(name string) {
	r.t.Helper()
	r.Evaluate(fmt.Sprintf(`document.getElementById("find-name").value = %q`, name))
	r.Evaluate(`document.getElementById("find").requestSubmit()`)
	r.sees("#phone-name", name)
	r.sees("#phone-state", "Lost")
	r.sees("#phone-story", "✕ refused")
	r.becomes(`document.querySelectorAll("#phone-trust .line.broken").length > 0`, "true")
	r.clicks(`#device [data-key="menu"]`)
	r.sees("#phone-screen", "Admin settings")
	r.Evaluate(`document.getElementById("phone-screen").focus()`)
	r.Press("5", "3", "1")
	r.sees("#phone-screen .title", "Status messages")
	r.sees("#phone-screen", "Trust List update failed")
	for _, width := range []int{390, 1280} {
		r.Size(width, 900)
		r.becomes(`(() => { const d = document.getElementById("phone"); return d.open && d.scrollWidth <= d.clientWidth; })()`, "true")
		r.keeps(fmt.Sprintf("firefox-phone-%d", width))
	}
	r.Press(escape)
	r.becomes(`document.getElementById("phone").open`, "false")
}

// escape is the key's name in WebDriver.
const escape = "\uE00C"
