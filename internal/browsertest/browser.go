// Package browsertest gives tests Debian's chromium, headless, to look at pages with, and the
// Nu HTML checker. The browser takes minutes: tests that use it run with ITLSIM_LONG=1.
package browsertest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
)

var shots = flag.String("shots", os.Getenv("ITLSIM_SHOTS"),
	"folder for the pictures of pages; one that goes with the test if empty")

// Shots is the folder for a test's pictures.
func Shots(t *testing.T) string {
	t.Helper()
	if *shots == "" {
		return t.TempDir()
	}
	require.NoError(t, os.MkdirAll(*shots, 0o755))
	return *shots
}

// ours is in the name of each test that has a browser: .ci/run runs those by it.
const ours = "OnThePage"

// wanted skips the test where there is no time for a browser.
func wanted(t *testing.T) {
	t.Helper()
	require.Contains(t, t.Name(), ours, ".ci/run would not run this test")
	if os.Getenv("ITLSIM_LONG") != "1" {
		t.Skip("the browser's suite runs with ITLSIM_LONG=1")
	}
}

// Open starts a browser that ends with the test, or after most, whose window is 1280 pixels
// wide and 900 high. Actions take its context, or one with a shorter time. It skips the test
// where there is no time for it.
func Open(t *testing.T, most time.Duration) context.Context {
	t.Helper()
	wanted(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(sftptest.Program(t, "chromium")), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1280, 900), chromedp.WSURLReadTimeout(5*time.Minute),
		chromedp.Flag("no-proxy-server", true), chromedp.Flag("disable-component-update", true))
	ctx, cancelBrowser := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(ctx)
	ctx, cancelTime := context.WithTimeout(ctx, most)
	t.Cleanup(func() {
		chromedp.Cancel(ctx) // waits for the browser's end; how it ends does not matter
		cancelTime()
		cancel()
		cancelBrowser()
	})
	Begin(t, ctx)
	return ctx
}

// Begin opens the window of a context of chromedp, which lives as long as that one.
func Begin(t *testing.T, ctx context.Context) {
	t.Helper()
	require.NoError(t, chromedp.Do(ctx))
}

// Patience is how long what a page is to show may take on a busy machine: its servers answer in
// milliseconds, and phones boot in seconds.
const Patience = 4 * time.Minute

// interval is how often a page is asked whether something has become so.
const interval = 50 * time.Millisecond

// Sees waits until the first element that a selector finds shows a text, and returns what it
// shows instead where that does not come.
func Sees(ctx context.Context, selector, text string) error {
	return sees(ctx, selector, text, Patience)
}

func sees(ctx context.Context, selector, text string, within time.Duration) error {
	shows := fmt.Sprintf(`document.querySelector(%q)?.textContent`, selector)
	err := becomes(ctx, fmt.Sprintf(`%s?.includes(%q)`, shows, text), within)
	if err == nil {
		return nil
	}
	instead, no := evaluate[string](ctx, shows+`?.replace(/\s+/g, " ").trim() ?? "(no such element)"`)
	return fmt.Errorf("%s has not shown %q for %v, but %q: %w", selector, text, within, instead, errors.Join(err, no))
}

// Becomes waits until a JavaScript expression, or what it promises, is true.
func Becomes(ctx context.Context, expression string) error {
	return becomes(ctx, expression, Patience)
}

func becomes(ctx context.Context, expression string, within time.Duration) error {
	return chromedp.Do(ctx, chromedp.Poll[chromedp.Void](expression,
		chromedp.WithPollingInterval(interval), chromedp.WithPollingTimeout(within)))
}

// Rest waits until what moves on a page has moved, and all is drawn.
func Rest(ctx context.Context) error {
	return Becomes(ctx, `(async () => {
		const frame = () => new Promise(requestAnimationFrame);
		await frame(); // in which sizes are taken up
		await frame(); // with what followed from that
		await Promise.allSettled(document.getAnimations().map((a) => a.finished));
		return document.getAnimations().every((a) => a.playState !== "running");
	})()`)
}

func evaluate[T any](ctx context.Context, expression string) (T, error) {
	return chromedp.Run(ctx, chromedp.Evaluate[T](expression))
}

// Media has pages look as they do on a medium, screen or print, to who likes a colour scheme,
// light or dark.
func Media(on, scheme string) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media: on, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}
