package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"itlsim/phone"
	"itlsim/scenarios"
)

// progress shows how far a run is: a line for each step that has ended and, on a
// terminal, a bar for the one under way.
type progress struct {
	w        io.Writer
	terminal bool
	drawn    bool
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w}
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
	fmt.Fprintf(p.w, "\r\x1b[K%d/%d %s%s %5d left  %s", now.Step, now.Steps, strings.Repeat("█", filled), strings.Repeat("░", width-filled), now.Left, states(now.States))
	p.drawn = true
}

// end takes the bar away.
func (p *progress) end() {
	if p.drawn {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.drawn = false
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
