package inventory

import (
	"regexp"
	"strings"
)

// line is a line of a terminal log.
type line struct {
	number int // in the file, from 1
	text   string
	width  int // with the blanks at its end, in bytes
}

// control are sequences by which a terminal is told how to show something.
var control = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>()][A-B0-2]?|\x07`)

// pager is what the command line asks after each page [MEM].
var pager = regexp.MustCompile(`(?i)-*\s*Press <enter> for 1 line, <space> for one page, or <q> to quit\s*-*`)

// logLines are the lines of a terminal log without what the terminal did to show
// them: control sequences, backspaces, and the questions of the pager, on lines of
// their own or before what came next.
func logLines(text string) []line {
	lines := make([]line, 0, strings.Count(text, "\n")+1)
	number := 0
	for raw := range strings.SplitSeq(text, "\n") {
		number++
		clean := raw
		if strings.ContainsAny(raw, "\x1b\x07\b") {
			clean = backspaced(control.ReplaceAllString(raw, ""))
		}
		asked := pager.MatchString(clean)
		if asked {
			clean = pager.ReplaceAllString(clean, "")
		}
		if at := strings.LastIndex(strings.TrimRight(clean, "\r"), "\r"); at >= 0 {
			clean = clean[at+1:] // written over
		}
		width := len(strings.TrimRight(clean, "\r"))
		clean = strings.TrimRight(clean, "\r \t")
		if asked {
			if clean = strings.TrimLeft(clean, " "); clean == "" {
				continue
			}
		}
		lines = append(lines, line{number, clean, width})
	}
	return lines
}

// backspaced carries out the backspaces of a line.
func backspaced(s string) string {
	if !strings.Contains(s, "\b") {
		return s
	}
	var kept []rune
	for _, r := range s {
		if r != '\b' {
			kept = append(kept, r)
		} else if len(kept) > 0 {
			kept = kept[:len(kept)-1]
		}
	}
	return string(kept)
}

// isPrompt reports whether a line is where somebody types: "admin:show itl".
func isPrompt(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "admin:") }
