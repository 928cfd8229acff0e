package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"itlsim/phone"
	"itlsim/scenarios"
)

// progress shows how far a run is: a line for each step that has ended and, on a
// terminal, a bar for the one under way.
type progress struct {
	w        io.Writer
	terminal bool
	watch    bool // several lines in place of one
	drawn    int  // lines
}

func newProgress(w io.Writer, watch bool) *progress {
	p := &progress{w: w, watch: watch}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

func (p *progress) show(now scenarios.Progress) {
	if now.Done {
		p.end()
		fmt.Fprintf(p.w, "%d/%d %s: %s\n", now.Step, now.Steps, now.Name, states(now.States))
		return
	}
	if !p.terminal {
		return
	}
	const width = 24
	filled := width * (now.Phones - now.Left) / max(1, now.Phones)
	line := fmt.Sprintf("%d/%d %s%s %5d left  %s", now.Step, now.Steps, strings.Repeat("█", filled), strings.Repeat("░", width-filled), now.Left, states(now.States))
	p.end()
	p.drawn = 1
	if p.watch {
		line, p.drawn = live(now, line)
	}
	fmt.Fprint(p.w, "\x1b[?7l", line, "\x1b[?7h") // a narrow terminal cuts it off, and does not wrap it: then a line is one line
}

// live draws a bar for each state, and what happened so far, and says how many
// lines that takes.
func live(now scenarios.Progress, first string) (drawing string, lines int) {
	const width = 50
	colors := [4]int{37, 32, 33, 31}
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n    %s\n", first, now.Name)
	for s, n := range now.States {
		filled := (width*n + now.Phones - 1) / max(1, now.Phones)
		fmt.Fprintf(&b, "    %-10s %7d  \x1b[%dm%s\x1b[0m%s\n", phone.State(s), n, colors[s], strings.Repeat("█", filled), strings.Repeat("·", width-filled))
	}
	fmt.Fprintf(&b, "    %d boots, %d files refused, %d expectations failed, %v on the scenario's clock", now.Boots, now.Refused, now.Failed, now.At.Round(time.Second))
	return b.String(), len(now.States) + 3
}

// end takes what is drawn away.
func (p *progress) end() {
	for p.drawn > 0 {
		fmt.Fprint(p.w, "\r\x1b[K")
		if p.drawn--; p.drawn > 0 {
			fmt.Fprint(p.w, "\x1b[A")
		}
	}
}

func states(n [4]int) string {
	var parts []string
	for s, count := range n {
		if count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count, phone.State(s)))
		}
	}
	return strings.Join(parts, ", ")
}
