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
//	\(          this character itself
//
// A slot that has no name of its own is called by its slot: {node} is {node=node}.
type Rule[T any] struct {
	Sentence string
	Means    T
	Says     string // what it means to people, for the documentation
}

// Explained is the rule with what it means to people.
func (r Rule[T]) Explained(says string) Rule[T] {
	r.Says = says
	return r
}

// A part is a piece of a rule: a text, a slot, a choice, an option, or a macro.
type part struct {
	text  string
	words []string // of the text
	slot  string   // which of slots it is
	name  string   // of a slot or choice
	of    [][]part
	// optional parts may be left out; of has one sequence. So it has of a macro.
	optional bool
	macro    string
}

// alternatives is what f writes of each of the part's sequences.
func (p part) alternatives(f func([]part) string) (all []string) {
	for _, sequence := range p.of {
		all = append(all, f(sequence))
	}
	return all
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
			name := r.until('>')
			parts = append(parts, part{macro: name, of: [][]part{parseRule(macroNamed(name).sentence)}})
		case '[':
			r.at++
			parts = append(parts, part{of: [][]part{r.sequence("]")}, optional: true})
			r.at++
		case '(':
			r.at++
			parts = append(parts, r.choice())
		default:
			text := r.plain("{<[(" + ends)
			parts = append(parts, part{text: text, words: strings.Fields(text)})
		}
	}
	return parts
}

// plain reads text up to one of the ends.
func (r *ruleReader) plain(ends string) string {
	var b strings.Builder
	for ; r.at < len(r.text) && !strings.ContainsRune(ends, rune(r.text[r.at])); r.at++ {
		if r.text[r.at] == '\\' {
			r.at++
		}
		b.WriteByte(r.text[r.at])
	}
	return b.String()
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
