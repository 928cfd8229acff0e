package demo_test

import (
	"bytes"
	"flag"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

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
	if *rewrite {
		p.do(chromedp.Sleep(400 * time.Millisecond)) // for the next samples, of which nothing tells
	}
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

// The pictures of docs are taken while the story is played: with -update they are written anew.
func TestPicturesOnThePage(t *testing.T) {
	t.Parallel()
	tour, ok := scenarios.Find("story")
	require.True(t, ok)
	p := lead(t, tour, 2000)
	p.window(1280, 800)
	p.begins("1. ")
	p.sees("#tour-status", "Paused")
	p.picture("trust")

	p.begins("2. ")
	p.awaits(".line.round")
	p.picture("way-round")
	p.sees("#tour-status", "Paused")
	for _, title := range []string{"3. ", "4. ", "5. "} {
		p.plays(title)
	}
	p.sees("#headline", "All 2,000 phones are lost.")
	p.picture("loss")
	p.fits("all are lost", everyScreen...)
	p.types("#find-name", "SEP001BD4000001")
	p.sees("#phone-state", "Lost")
	p.picture("phone")
	p.presses(kb.Escape)
	p.do(chromedp.WaitNotVisible(chromedp.CSS("#phone")),
		chromedp.Evaluate[chromedp.Void](`document.activeElement.blur()`))
	p.presses("p")
	p.do(chromedp.WaitNotVisible(chromedp.CSS("#tour-next")))
	p.picture("presented")
	p.fits("all are lost, presented", onABeamer, onAWideOne, onALaptop)
	p.presses("p")

	p.begins("6. ")
	p.awaits(".line.recovery:not(.standing)")
	p.picture("recovery")
	p.sees("#tour-status", "Paused")
	p.sees("#headline", "200 of 2,000 phones are lost; 1,800 trust the cluster.")
	p.picture("left")
	p.fits("some are left", everyScreen...)
	p.begins("7. ")
	p.sees("#tour-status", "This is the end of the tour.")
	p.fits("the end", everyScreen...)
}

// awaits what the trust picture shows in passing, where that is to be kept: a busy machine may miss it.
func (p *person) awaits(line string) {
	p.t.Helper()
	if *rewrite {
		p.becomes(fmt.Sprintf(`document.querySelector("#trust %s")`, line))
	}
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
