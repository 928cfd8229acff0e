package language

import (
	"fmt"
	"regexp"
	"strings"
)

// Pattern is the language as a regular expression that JSON Schema knows too.
func (l *Language[T]) Pattern() string {
	var all []string
	for _, g := range l.groups {
		var rests []string
		for _, rest := range g.rests {
			rests = append(rests, pattern(rest))
		}
		all = append(all, pattern([]part{g.first})+oneOfPatterns(rests))
	}
	return "^" + oneOfPatterns(all) + "$"
}

// pattern is parts as a regular expression.
func pattern(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		alternatives := p.alternatives(pattern)
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
