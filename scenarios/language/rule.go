package language

import (
	"fmt"
	"regexp"
	"strings"
)

// A Rule is one sentence, and what it means to the caller. A sentence is written
// as it reads, with
//
//	{slot}      one word, or a text in quotes, that the speaker chooses: see slots
//	(a|b)       one of these
//	[ words]    words that may be left out
//	<macro>     another piece of grammar: see macros
//	{name=slot} a slot, and (name=a|b) a choice, whose words [Said] tells by this name
//
// A slot that has no name of its own is called by its slot: {node} is {node=node}.
type Rule[T any] struct {
	Sentence string
	Means    T
}

// macros are pieces of grammar that many sentences share.
var macros = map[string]string{
	// which phones, and how many of them
	"phones": "(how=all|no|{count=number}|at least {count=number}|at most {count=number}|" +
		"{share=percent} of the|at least {share=percent} of the|at most {share=percent} of the|half of the)" +
		"[ (reach=offline|online)] phones<which>",
	"which": "[ of {group}][ with firmware (older than {older=version}|{since=version} or later)]",
}

// A part is a piece of a rule: a text, a slot, a choice, or an option.
type part struct {
	text string
	slot string // which of slots it is
	name string // of a slot or choice
	of   [][]part
	// optional parts may be left out; of has one sequence.
	optional bool
}

// parseRule reads a rule's sentence. Rules are this program's own, so what makes
// no sense in one is a panic.
func parseRule(sentence string) []part {
	return (&ruleReader{sentence, 0}).sequence("")
}

type ruleReader struct {
	text string
	at   int
}

// sequence reads parts up to one of the ends.
func (r *ruleReader) sequence(ends string) (parts []part) {
	for r.at < len(r.text) && !strings.ContainsRune(ends, rune(r.text[r.at])) {
		switch c := r.text[r.at]; c {
		case '{':
			name, slot := r.named(r.until('}'))
			parts = append(parts, part{slot: slot, name: name})
		case '<':
			parts = append(parts, parseRule(macros[r.until('>')])...)
		case '[':
			r.at++
			parts = append(parts, part{of: [][]part{r.sequence("]")}, optional: true})
			r.at++
		case '(':
			r.at++
			parts = append(parts, r.choice())
		default:
			end := r.at + strings.IndexAny(r.text[r.at:]+"{", "{<[("+ends)
			parts = append(parts, part{text: r.text[r.at:end]})
			r.at = end
		}
	}
	return parts
}

// choice reads what follows an open parenthesis.
func (r *ruleReader) choice() part {
	p := part{}
	if m := choiceName.FindString(r.text[r.at:]); m != "" {
		p.name = strings.TrimSuffix(m, "=")
		r.at += len(m)
	}
	for {
		p.of = append(p.of, r.sequence("|)"))
		r.at++
		if r.text[r.at-1] == ')' {
			return p
		}
	}
}

var choiceName = regexp.MustCompile(`^[a-z]+=`)

// until reads what stands between the bracket here and its end.
func (r *ruleReader) until(end byte) string {
	from := r.at + 1
	r.at += strings.IndexByte(r.text[r.at:], end) + 1
	return r.text[from : r.at-1]
}

// named splits "name=slot".
func (r *ruleReader) named(s string) (name, slot string) {
	name, slot, ok := strings.Cut(s, "=")
	if !ok {
		slot = name
	}
	if _, ok := slots[slot]; !ok {
		panic(fmt.Sprintf("language: %q: there is no slot %q", r.text, slot))
	}
	return name, slot
}

// pattern is parts as a regular expression that JSON Schema knows too.
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
		case len(p.of) == 1:
			b.WriteString(alternatives[0])
		case len(p.of) > 1:
			fmt.Fprintf(&b, "(?:%s)", strings.Join(alternatives, "|"))
		default:
			b.WriteString(regexp.QuoteMeta(p.text))
		}
	}
	return b.String()
}
