package language

import (
	"fmt"
	"regexp"
	"strings"
)

// Pattern is the language as a regular expression that JSON Schema knows too.
func (l *Language[T]) Pattern() string {
	var all []string
	for at := 0; at < len(l.parsed); {
		first := l.parsed[at][0] // which rules that follow may begin with, too
		end := at + 1
		for first.macro != "" && end < len(l.parsed) && l.parsed[end][0].macro == first.macro {
			end++
		}
		var rests []string
		for _, parts := range l.parsed[at:end] {
			rests = append(rests, pattern(parts[1:]))
		}
		all = append(all, pattern([]part{first})+oneOfPatterns(rests))
		at = end
	}
	return "^" + oneOfPatterns(all) + "$"
}

// pattern is parts as a regular expression.
func pattern(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		var alternatives []string
		for _, s := range p.of {
			alternatives = append(alternatives, pattern(s))
		}
		switch {
		case p.slot != "":
			b.WriteString(slots[p.slot].pattern)
		case p.optional:
			fmt.Fprintf(&b, "(?:%s)?", alternatives[0])
		case p.of != nil:
			b.WriteString(oneOfPatterns(alternatives))
		default:
			b.WriteString(regexp.QuoteMeta(p.text))
		}
	}
	return b.String()
}

func oneOfPatterns(all []string) string {
	if len(all) == 1 {
		return all[0]
	}
	return "(?:" + strings.Join(all, "|") + ")"
}
