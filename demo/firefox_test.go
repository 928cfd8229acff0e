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

// In Firefox the page is what it is in Chromium: the wall is painted, the trust picture drawn, a
// tour plays, a phone opens, and nothing is logged as an error.
func TestFirefoxOnThePage(t *testing.T) {
	t.Parallel()
	f := browsertest.OpenFirefox(t)
	shots := browsertest.Shots(t)
	f.Go(start(t, func(c *demo.Config) { c.Phones, c.Mode = 40, lab.Virtual }).URL(), 1280, 900)
	sees := func(selector, text string) {
		t.Helper()
		read := ""
		for until := time.Now().Add(time.Minute); !strings.Contains(read, text); time.Sleep(100 * time.Millisecond) {
			require.True(t, time.Now().Before(until), "%s never showed %q, but %q", selector, text, read)
			read = f.Evaluate(fmt.Sprintf(`document.querySelector(%q)?.textContent`, selector))
		}
	}
	clicks := func(selector string) {
		t.Helper()
		f.Evaluate(fmt.Sprintf(`document.querySelector(%q).click()`, selector))
	}
	colours := `new Set(new Uint32Array(document.getElementById("wall").getContext("2d").getImageData(0, 0,
		document.getElementById("wall").width, document.getElementById("wall").height).data.buffer)).size > 1`
	sees("#headline", "All 40 phones trust the cluster.")
	require.Equal(t, "true", f.Evaluate(colours), "the wall is painted")
	require.NotEqual(t, "0", f.Evaluate(`document.querySelectorAll("#trust .line").length`))

	f.Evaluate(`document.getElementById("tour-name").value = "recovery"`)
	clicks("#tour-start")
	sees("#tour-title", "1. A cluster whose phones have lost their trust")
	clicks(`[data-rate="60"]`)
	sees("#headline", "All 40 phones are lost")
	require.NoError(t, os.WriteFile(filepath.Join(shots, "firefox.png"), f.Shoot(), 0o644))
	sees("#tour-title", "2. ")
	clicks("#tour-pause")
	f.Evaluate(`document.getElementById("find-name").value = "SEP001BD4000001"`)
	f.Evaluate(`document.getElementById("find").requestSubmit()`)
	sees("#phone-name", "SEP001BD4000001")
	require.Equal(t, "true", f.Evaluate(`document.getElementById("phone").open`))
	require.Empty(t, f.Errors())
}
