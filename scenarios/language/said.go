package language

import (
	"strconv"
	"strings"
)

// Said is what somebody said: a sentence, and what the slots and choices of its
// rule are filled in with.
type Said struct {
	Text  string
	Words map[string]string // by the names that the rule gives them; quotes are taken off
	at    map[string]int
}

// At is where the words of a name begin, in characters from the beginning of the sentence.
func (s Said) At(name string) int { return s.at[name] }

// said takes the words that have names out of a sentence.
func (r *reading) said(text string) Said {
	s := Said{Text: text, Words: make(map[string]string), at: make(map[string]int)}
	for _, n := range r.names {
		var all []string
		for _, word := range r.words[n.from:n.to] {
			all = append(all, word.text)
		}
		if n.from < n.to {
			s.at[n.name] = r.words[n.from].at
		}
		s.Words[n.name] = strings.Trim(strings.Join(all, " "), `"`)
		if plain := slots[n.name].plain; plain != nil {
			s.Words[n.name] = plain(s.Words[n.name])
		}
	}
	return s
}

// Number is the whole number in a slot; the largest there is where it is larger.
func (s Said) Number(name string) int {
	n, _ := strconv.Atoi(s.Words[name]) // the slot lets nothing but digits pass
	return n
}

// Percent is the percentage in a slot.
func (s Said) Percent(name string) float64 {
	percent, _ := strconv.ParseFloat(strings.TrimSuffix(s.Words[name], "%"), 64)
	return percent
}

// Share is the percentage in a slot, from 0 to 1.
func (s Said) Share(name string) float64 { return s.Percent(name) / 100 }
