package language

import "strings"

// Examples say each sentence in the plainest way, for editors to offer.
func (l *Language[T]) Examples() []string {
	var all []string
	ways := l.allWays()
	for i, r := range l.rules {
		var shortest *way
		for _, w := range ways {
			all := len(w.words) > 0 && w.words[0].word == "all"
			if w.rule != i || !all && strings.Contains(r.Sentence, "<phones>") {
				continue
			}
			if shortest == nil || len(w.words) < len(shortest.words) && w.words[0] == shortest.words[0] {
				shortest = w
			}
		}
		all = append(all, shortest.example())
	}
	return all
}

// example fills a sentence in.
func (w *way) example() string {
	words := make([]string, len(w.words))
	for i, wanted := range w.words {
		words[i] = wanted.word
		if wanted.slot != "" {
			words[i] = slots[wanted.slot].example
		}
	}
	return strings.Join(words, " ")
}
