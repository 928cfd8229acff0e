package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"itlsim/phone"
	"itlsim/scenarios"
)

// progress shows how far a run is: as a bar on a terminal, as a line a step
// elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	step     int
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
	const width = 24
	if !p.terminal {
		if now.Done {
			fmt.Fprintf(p.w, "%d/%d %s: %s\n", now.Step, now.Steps, now.Name, states(now.States))
		}
		return
	}
	if now.Step != p.step {
		p.step = now.Step
		p.end()
	}
	filled := width * (now.Phones - now.Left) / max(1, now.Phones)
	fmt.Fprintf(p.w, "\r\x1b[K%d/%d %s%s %5d left  %s", now.Step, now.Steps, strings.Repeat("█", filled), strings.Repeat("░", width-filled), now.Left, states(now.States))
	p.drawn = true
}

// end leaves the bar's line.
func (p *progress) end() {
	if p.drawn {
		fmt.Fprintln(p.w)
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
