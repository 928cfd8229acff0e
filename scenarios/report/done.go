package report

import (
	"strings"
	"unicode/utf8"
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

// print tells of an act, and of what it printed.
func (d *Done) print(p func(format string, args ...any)) {
	p("%s", d.Text)
	for line := range strings.Lines(d.Printed) {
		p("    %s", strings.TrimRight(line, "\r\n"))
	}
	if d.PrintedLeftOut > 0 {
		p("    … and %s bytes more", number(d.PrintedLeftOut))
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
