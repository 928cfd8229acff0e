package language

import "strings"

// Examples say each sentence in the plainest way, for editors to offer.
func (l *Language[T]) Examples() []string {
	var all []string
	for _, parts := range l.parsed {
		all = append(all, strings.Join(example(parts), " "))
	}
	return all
}

// example fills a sentence in: the first of each choice, and nothing that may be left
// out.
func example(parts []part) (words []string) {
	for _, p := range parts {
		switch {
		case p.slot != "":
			words = append(words, slots[p.slot].example)
		case p.optional:
		case p.of != nil:
			words = append(words, example(p.of[0])...)
		default:
			words = append(words, p.words...)
		}
	}
	return words
}
