package language

import (
	"cmp"
	"strings"
)

// A Speaker chooses how a sentence is said. The zero value says it in the plainest way: the
// first of each choice, and nothing that may be left out.
type Speaker struct {
	Choose func(n int) int          // one of n ways, from 0
	Word   func(slot string) string // for what the speaker chooses, such as a number; "" leaves the example
}

// Examples say each sentence in the plainest way, for editors to offer.
func (l *Language[T]) Examples() []string {
	var all []string
	for i := range l.rules {
		all = append(all, l.Say(i, Speaker{}))
	}
	return all
}

// Say says a sentence, by its place among [Language.Sentences], as a speaker does.
func (l *Language[T]) Say(sentence int, by Speaker) string {
	if by.Choose == nil {
		by.Choose = func(int) int { return 0 }
	}
	if by.Word == nil {
		by.Word = func(string) string { return "" }
	}
	return strings.Join(by.say(l.parsed[sentence]), " ")
}

func (by Speaker) say(parts []part) (words []string) {
	for _, p := range parts {
		switch {
		case p.slot != "":
			words = append(words, cmp.Or(by.Word(p.slot), slots[p.slot].example))
		case p.optional && by.Choose(2) == 0:
		case p.of != nil:
			words = append(words, by.say(p.of[by.Choose(len(p.of))])...)
		default:
			words = append(words, p.words...)
		}
	}
	return words
}
