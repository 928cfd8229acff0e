package language

import "strings"

// Examples say each sentence in the plainest way, for editors to offer.
func (l *Language[T]) Examples() []string {
	sample := map[string]string{
		"number": "2", "percent": "5%", "node": "test10pub", "group": "floor-1", "name": "ITLRECOVERY_test10pub", "text": `"Trust List update failed"`,
		"version": "9.4(1)", "state": "trusted", "unit": "CallManager", "service": "TVS", "onoff": "disabled", "changed": "Disabled", "truth": "True", "timeunit": "minutes",
	}
	var all []string
	seen := make(map[int]bool)
	for _, f := range l.flat {
		if seen[f.rule] || len(f.words) > 0 && f.words[0] != "all" && strings.Contains(l.rules[f.rule].Sentence, "<phones>") {
			continue
		}
		short := f.words
		for _, other := range l.flat {
			if other.rule == f.rule && len(other.words) < len(short) && other.words[0] == f.words[0] {
				short = other.words
			}
		}
		seen[f.rule] = true
		words := make([]string, len(short))
		for i, w := range short {
			words[i] = w
			if name, ok := slotName(w); ok {
				words[i] = sample[name]
			}
		}
		all = append(all, strings.Join(words, " "))
	}
	return all
}
