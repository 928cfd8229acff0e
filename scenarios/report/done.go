package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"itlsim/scenarios/language"
)

// Done is an act as typed, and what came of it.
type Done struct {
	Text string `json:"text"`
	// Printed is what a command printed, its answers masked: the beginning, where it was
	// much. PrintedLeftOut is how many bytes are not there.
	Printed        string `json:"printed,omitempty"`
	PrintedLeftOut int    `json:"printed_left_out,omitempty"`
	// Failed is why it was not done, or not as the plan says.
	Failed string `json:"failed,omitempty"`
}

// Fails notes an expectation of the act that does not hold, if it does not.
func (d *Done) Fails(e Expectation) {
	if !e.Passed {
		d.Failed = strings.TrimPrefix(d.Failed+"; "+e.Why, "; ")
	}
}

// shownLines is how many lines of what a command printed the text report shows: those of a
// regeneration up to its success. shownFailed is how many of an act that failed.
const shownLines, shownFailed = 4, 40

// brief is an act with the first lines that say something of what was printed, and how many
// more there are.
func (d Done) brief() Done {
	most := shownLines
	if d.Failed != "" {
		most = shownFailed
	}
	empty := func(line string) bool { return strings.TrimSpace(line) == "" }
	lines := slices.DeleteFunc(strings.Split(d.Printed, "\n"), empty)
	if more := len(lines) - most; more > 1 { // one more takes no more room than to say so
		lines = append(lines[:most], fmt.Sprintf("… and %s lines more", language.Number(more)))
	}
	d.Printed = strings.Join(lines, "\n")
	return d
}

// printActs tells of a step's acts, in brief or with all that the report has of them.
func (s *Step) printActs(p func(format string, args ...any), brief bool) {
	if s.Repeat != "" {
		p("%s:", s.Repeat)
	}
	for _, act := range s.Do {
		if brief {
			act = act.brief()
		}
		act.print(p)
	}
}

// print tells of an act, and of what it printed.
func (d *Done) print(p func(format string, args ...any)) {
	p("%s", d.Text)
	for line := range strings.Lines(d.Printed) {
		p("    %s", strings.TrimRight(line, " \r\n"))
	}
	if d.PrintedLeftOut > 0 {
		p("    … and %s bytes more", language.Number(d.PrintedLeftOut))
	}
	if d.Failed != "" {
		p("  ✗ %s", d.Failed)
	}
}

// maxPrinted bounds what a report keeps of what a command printed, in bytes: two trust
// lists of ten records as `show itl` prints them.
const maxPrinted = 16 << 10

// Prints takes what a command printed, or its beginning.
func (d *Done) Prints(text string) {
	text = strings.TrimSpace(text)
	d.Printed = text
	if len(text) <= maxPrinted {
		return
	}
	d.Printed = text[:maxPrinted]
	if end := strings.LastIndexByte(d.Printed, '\n'); end > 0 {
		d.Printed = d.Printed[:end]
	}
	for !utf8.ValidString(d.Printed) && len(d.Printed) > maxPrinted-utf8.UTFMax {
		d.Printed = d.Printed[:len(d.Printed)-1]
	}
	d.PrintedLeftOut = len(text) - len(d.Printed)
}
