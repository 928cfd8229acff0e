package demo_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"itlsim/demo"
	"itlsim/lab"
)

// How long frames take while 10,000 phones boot, and what of that is the page's work: printed,
// since it says as much of the machine. A frame is due every 16.7 ms (docs/performance.md).
func TestFramesOnThePageWhile10000PhonesBoot(t *testing.T) {
	p := sit(t, func(c *demo.Config) { c.Phones, c.Mode = 10_000, lab.Virtual })
	p.window(1920, 1080)
	p.sees("#headline", "10,000 phones trust the cluster")
	p.clicks("#all-off")
	p.sees("#headline", "phones are off")
	p.do(chromedp.Evaluate[chromedp.Void](`(() => {
		window.frames_ = [];
		let last = performance.now();
		const frame = (at) => { frames_.push(at - last); last = at; requestAnimationFrame(frame); };
		requestAnimationFrame(frame);
	})()`))
	p.frames("at rest", func() { p.do(chromedp.Sleep(5 * time.Second)) })
	p.frames("10,000 phones boot", func() {
		p.clicks("#all-on")
		p.sees("#headline", "All 10,000 phones trust the cluster")
	})
}

// frames prints how long those took in which something was done.
func (p *person) frames(what string, do func()) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](`frames_.length = 0`))
	before, began := p.work(), time.Now()
	do()
	after, took := p.work(), time.Since(began)
	frames := evaluate[[]float64](p, `frames_`)
	require.NotEmpty(p.t, frames)
	slices.Sort(frames)
	at := func(share float64) float64 { return frames[min(len(frames)-1, int(share*float64(len(frames))))] }
	p.t.Logf("%s: %d frames in %.1f s, median %.1f ms, p95 %.1f ms, p99 %.1f ms, longest %.1f ms",
		what, len(frames), took.Seconds(), at(.5), at(.95), at(.99), at(1))
	for _, of := range []string{"ScriptDuration", "LayoutDuration", "RecalcStyleDuration", "TaskDuration"} {
		p.t.Logf("%-20s %.2f ms a frame", of, 1000*(after[of]-before[of])/float64(len(frames)))
	}
}

// work is how many seconds the page has computed, by what it was for.
func (p *person) work() map[string]float64 {
	p.t.Helper()
	call(p, performance.Enable, performance.EnableParams{})
	metrics := call(p, performance.GetMetrics, cdp.Empty{})
	of := make(map[string]float64)
	for _, m := range metrics.Metrics {
		of[m.Name] = m.Value
	}
	return of
}

// call has the browser do one thing of its protocol.
func call[P, R any](p *person, command cdp.Command[P, R], params P) (r R) {
	p.t.Helper()
	p.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) (err error) {
		r, err = cdp.Call(ctx, t, command, params)
		return err
	}))
	return r
}
