package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"itlsim/fleet"
	"itlsim/scenarios"
)

// progress shows how far a run is: a line for each step that has ended and, on a
// terminal, a bar for the one under way.
type progress struct {
	w        io.Writer
	terminal bool      // that the cursor can be moved on
	plain    bool      // no colours
	watch    bool      // several lines in place of one
	drawn    int       // lines
	hung     time.Time // when it was last said that phones hang, where lines are not drawn
}

// hungAgain is how long after it was said which phones hang that is said once more, where what
// was said stays.
const hungAgain = 30 * time.Second

func newProgress(w io.Writer, watch bool) *progress {
	p := &progress{w: w, watch: watch, plain: os.Getenv("NO_COLOR") != ""}
	if f, ok := w.(interface{ Stat() (os.FileInfo, error) }); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
	}
	return p
}

// show prints a step that has ended, or draws the one under way.
func (p *progress) show(now scenarios.Progress) {
	if now.Done {
		p.end()
		what := fmt.Sprintf("%d/%d %s", now.Step, now.Steps, now.Name)
		if now.Shards > 0 {
			what = fmt.Sprintf("%d/%d shards", now.Ended, now.Shards)
		}
		fmt.Fprintf(p.w, "%s: %s\n", what, states(now.States))
		return
	}
	if !p.terminal {
		if now.Hangs == nil {
			p.hung = time.Time{}
		} else if time.Since(p.hung) >= hungAgain {
			p.hung = time.Now()
			fmt.Fprintf(p.w, "%d/%d %s hangs: %v\n", now.Step, now.Steps, now.Name, now.Hangs)
		}
		return
	}
	const width = 24
	filled := width * (now.Phones - now.Left) / max(1, now.Phones)
	bar := strings.Repeat("█", filled) + strings.Repeat("░", width-filled)
	line := fmt.Sprintf("%d/%d %s %5d left  %s", now.Step, now.Steps, bar, now.Left, states(now.States))
	if now.Shards > 0 {
		line = fmt.Sprintf("%d/%d shards, %s", now.Ended, now.Shards, line)
	}
	p.end()
	p.drawn = 1
	if p.watch {
		line, p.drawn = p.bars(now, line)
	}
	if now.Hangs != nil {
		for _, says := range now.Hangs.Lines() {
			line += "\n    " + says
			p.drawn++
		}
	}
	const noWrap, wrap = "\x1b[?7l", "\x1b[?7h" // so that a line is one line on a narrow terminal, too
	fmt.Fprint(p.w, noWrap, line, wrap)
}

// bars draws a bar for each state, and what has happened so far. lines is how many
// lines that takes.
func (p *progress) bars(now scenarios.Progress, first string) (drawing string, lines int) {
	const width = 50
	colors := [...]int{37, 32, 33, 31, 90} // as fleet.States
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n    %s\n", first, now.Name)
	for s, n := range now.States {
		filled := (width*n + now.Phones - 1) / max(1, now.Phones)
		bar := strings.Repeat("█", filled)
		if !p.plain {
			bar = fmt.Sprintf("\x1b[%dm%s\x1b[0m", colors[s], bar)
		}
		fmt.Fprintf(&b, "    %-10s %7d  %s%s\n", fleet.PlaceName(s), n, bar, strings.Repeat("·", width-filled))
	}
	fmt.Fprintf(&b, "    %d boots, %d files refused, %d expectations failed, %v on the scenario's clock",
		now.Boots, now.Refused, now.Failed, now.At.Round(time.Second))
	return b.String(), len(now.States) + 3
}

// end wipes what is drawn.
func (p *progress) end() {
	for p.drawn > 0 {
		fmt.Fprint(p.w, "\r\x1b[K")
		if p.drawn--; p.drawn > 0 {
			fmt.Fprint(p.w, "\x1b[A")
		}
	}
}

// states counts phones in words.
func states(n fleet.States) string {
	var parts []string
	for s, count := range n {
		if count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count, fleet.PlaceName(s)))
		}
	}
	return strings.Join(parts, ", ")
}
