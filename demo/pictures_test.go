package demo_test

import (
	"bytes"
	"flag"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/lab"
	"itlsim/scenarios"
)

var rewrite = flag.Bool("update", false, "write the pictures of docs/pictures anew")

const (
	pictures    = "../docs/pictures"
	pictureSize = 300_000 // bytes that a picture of docs has at most: a page of docs loads in a moment
)

// picture takes a picture for docs, or looks that there is one.
func (p *person) picture(name string) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](`scrollTo(0, 0)`)) // keys of the protocol scroll, too
	shot := p.shoot("picture-" + name)
	path := filepath.Join(pictures, name+".png")
	if *rewrite {
		drawn, err := png.Decode(bytes.NewReader(shot))
		require.NoError(p.t, err)
		var small bytes.Buffer
		require.NoError(p.t, (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&small, drawn))
		require.NoError(p.t, os.WriteFile(path, small.Bytes(), 0o644))
	}
	kept, err := os.ReadFile(path)
	require.NoError(p.t, err)
	require.Less(p.t, len(kept), pictureSize, name)
}

// rest waits until what moves in the trust picture has moved.
func (p *person) rest() { p.do(chromedp.Sleep(2 * time.Second)) }

// The pictures of docs are taken while the story is played: with -update they are written anew.
func TestPicturesOnThePage(t *testing.T) {
	t.Parallel()
	tour, ok := scenarios.Find("story")
	require.True(t, ok)
	p := sit(t, func(c *demo.Config) { c.Phones, c.Mode, c.Tour = 2000, lab.Virtual, &tour })
	p.window(1280, 800)
	p.sees("#tour-status", "Read on")
	p.clicks("#tour-pause")
	p.sees("#tour-status", "has not happened yet")
	p.do(chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	p.presses(kb.ArrowRight)
	p.sees("#tour-status", "Paused")
	p.rest()
	p.picture("trust")

	p.begins("2. ")
	p.do(chromedp.Poll[chromedp.Void](`document.querySelector("#trust .line.round")`))
	p.picture("way-round")
	p.sees("#tour-status", "Paused")
	for _, title := range []string{"3. ", "4. ", "5. "} {
		p.plays(title)
	}
	p.sees("#headline", "All 2,000 phones are lost.")
	p.rest()
	p.picture("loss")
	p.fits("all are lost", everyScreen...)
	p.types("#find-name", "SEP001BD4000001")
	p.sees("#phone-state", "Lost")
	p.rest()
	p.picture("phone")
	p.presses(kb.Escape)
	p.do(chromedp.WaitNotVisible(chromedp.CSS("#phone")),
		chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	p.presses("p")
	p.do(chromedp.WaitNotVisible(chromedp.CSS("#tour-next")))
	p.rest()
	p.picture("presented")
	p.fits("all are lost, presented", onABeamer, onAWideOne, onALaptop)
	p.presses("p")

	p.begins("6. ")
	p.do(chromedp.Poll[chromedp.Void](`document.querySelector("#trust .line.recovery:not(.standing)")`))
	p.picture("recovery")
	p.sees("#tour-status", "Paused")
	p.sees("#headline", "200 of 2,000 phones are lost; 1,800 trust the cluster.")
	p.rest()
	p.picture("left")
	p.fits("some are left", everyScreen...)
	p.begins("7. ")
	p.sees("#tour-status", "This is the end of the tour.")
	p.fits("the end", everyScreen...)
}

// begins presses a key for the next step, and again so that it begins.
func (p *person) begins(title string) {
	p.t.Helper()
	p.presses(kb.ArrowRight)
	p.sees("#tour-title", title)
	p.presses(kb.ArrowRight)
}

// Each picture of docs is shown there.
func TestPicturesAreShown(t *testing.T) {
	var text strings.Builder
	for _, file := range []string{"../README.md", "../docs/demonstration.md"} {
		b, err := os.ReadFile(file)
		require.NoError(t, err)
		text.Write(b)
	}
	files, err := filepath.Glob(pictures + "/*.png")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		require.Contains(t, text.String(), "pictures/"+filepath.Base(file)+")")
	}
}
