package language

import (
	"maps"
	"slices"
	"strings"
)

// A Shape is a sentence as documentation shows it, with what it means. Capital letters
// stand for what the speaker fills in: a word (NODE), or another piece of grammar, which
// [Pieces] has (PHONES).
type Shape struct{ Sentence, Says string }

// Shapes are those of all sentences.
func (l *Language[T]) Shapes() []Shape {
	all := make([]Shape, len(l.rules))
	for i, r := range l.rules {
		all[i] = Shape{shape(l.parsed[i]), r.Says}
	}
	return all
}

// Pieces are what several sentences share, in capital letters: how each reads, or of what
// form a word is.
func Pieces() []Shape {
	var all []Shape
	for _, m := range macros {
		if m.says != "" {
			reads := strings.TrimSpace(shape(parseRule(m.sentence)))
			all = append(all, Shape{strings.ToUpper(m.name), "`" + reads + "`: " + m.says})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(slots)) {
		s := slots[name]
		is, named := Shape{s.label, s.what}, s.label == strings.ToUpper(s.label) && s.label[0] != '('
		if named && !slices.Contains(all, is) {
			all = append(all, is)
		}
	}
	return all
}

func shape(parts []part) string {
	var b strings.Builder
	for _, p := range parts {
		alternatives := p.alternatives(shape)
		switch {
		case p.slot != "":
			b.WriteString(slots[p.slot].label)
		case p.macro != "" && macroNamed(p.macro).says == "":
			b.WriteString(alternatives[0])
		case p.macro != "" && !slices.ContainsFunc(p.of[0], func(p part) bool { return !p.optional }):
			b.WriteString(" [" + strings.ToUpper(p.macro) + "]")
		case p.macro != "":
			b.WriteString(strings.ToUpper(p.macro))
		case p.optional:
			b.WriteString("[" + alternatives[0] + "]")
		case len(p.of) > 1:
			b.WriteString("(" + strings.Join(alternatives, "|") + ")")
		case p.of != nil:
			b.WriteString(alternatives[0])
		default:
			b.WriteString(p.text)
		}
	}
	return b.String()
}
