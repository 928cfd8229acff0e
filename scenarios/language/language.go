package language

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// A Language is the sentences that may stand after one key of a scenario file.
// The loader, its error messages and the JSON Schema all come from it. Make it
// with [New].
type Language[T any] struct {
	rules   []Rule[T]
	parsed  [][]part      // of each rule
	allWays func() []*way // found when first needed, since there are thousands
}

// New makes a language of its rules. A rule that makes no sense is a panic.
func New[T any](rules ...Rule[T]) *Language[T] {
	l := &Language[T]{rules: rules}
	for _, r := range rules {
		l.parsed = append(l.parsed, parseRule(r.Sentence))
	}
	l.allWays = sync.OnceValue(func() (all []*way) {
		for i, parts := range l.parsed {
			all = append(all, waysOf(i, parts)...)
		}
		return all
	})
	return l
}

// Sentences are the language's, as its rules have them.
func (l *Language[T]) Sentences() []string {
	all := make([]string, len(l.rules))
	for i, r := range l.rules {
		all[i] = r.Sentence
	}
	return all
}

// Pattern is the language as a regular expression that JSON Schema knows too.
func (l *Language[T]) Pattern() string {
	all := make([]string, len(l.rules))
	for i, parts := range l.parsed {
		all[i] = pattern(parts)
	}
	return "^(?:" + strings.Join(all, "|") + ")$"
}

// An Error tells where a sentence stops making sense.
type Error struct {
	At   int // characters from its beginning
	Says string
}

func (e *Error) Error() string { return e.Says }

// Is reports whether the target is the family, [ErrInvalid].
func (*Error) Is(target error) bool { return target == ErrInvalid }

// Parse understands a sentence: it returns what the rule means, and what was
// said. The error is an [*Error].
func (l *Language[T]) Parse(text string, v Vocabulary) (T, Said, error) {
	var none T
	words := wordsOf(text)
	alive := l.allWays()
	for i, typed := range words {
		var next []*way
		for _, w := range alive {
			if i < len(w.words) && w.words[i].fits(typed.text, v) {
				next = append(next, w)
			}
		}
		if len(next) == 0 {
			return none, Said{}, &Error{typed.at, wants(typed.text, expected(alive, i), v)}
		}
		alive = next
	}
	for _, w := range alive {
		if len(w.words) == len(words) {
			return l.rules[w.rule].Means, w.said(text, words), nil
		}
	}
	says := "the sentence is not complete: " + wants("", expected(alive, len(words)), v)
	return none, Said{}, &Error{len([]rune(text)), says}
}

// fits reports whether a word is what is wanted.
func (w wanted) fits(typed string, v Vocabulary) bool {
	if w.slot != "" {
		return slots[w.slot].fits(typed, v)
	}
	return w.word == typed
}

// expected are the words with which some sentence would go on.
func expected(alive []*way, at int) []wanted {
	var all []wanted
	for _, w := range alive {
		if at < len(w.words) && !slices.Contains(all, w.words[at]) {
			all = append(all, w.words[at])
		}
	}
	return all
}

// mostWords is how many words an error names.
const mostWords = 12

// wants says what a word should have been: the nearest one where there is one,
// else all.
func wants(typed string, expected []wanted, v Vocabulary) string {
	var known, forms []string
	for _, e := range expected {
		switch s := slots[e.slot]; {
		case e.slot == "":
			known = append(known, e.word)
		case s.words != nil:
			known = append(known, s.words(v)...)
		default:
			forms = append(forms, s.what)
		}
	}
	if typed != "" {
		if hint := DidYouMean(typed, known); hint != "" {
			return fmt.Sprintf("%q is not understood here%s", typed, hint)
		}
	}
	slices.Sort(known)
	more := len(known) > mostWords
	for _, w := range known[:min(mostWords, len(known))] {
		forms = append(forms, fmt.Sprintf("%q", w))
	}
	if more {
		forms = append(forms, "…")
	}
	switch choices := strings.Join(forms, ", "); {
	case choices == "":
		return fmt.Sprintf("%q is too much: the sentence ends before it", typed)
	case typed == "":
		return "it goes on with " + choices
	default:
		return fmt.Sprintf("%q is not understood here; it can be %s", typed, choices)
	}
}

// word is a word of what was typed, and where it begins, in characters.
type word struct {
	text string
	at   int
}

// wordsOf splits at blanks; a text in quotes is one word.
func wordsOf(s string) []word {
	var words []word
	quoted, in := false, false
	at := 0
	for _, r := range s {
		switch {
		case unicode.IsSpace(r) && !quoted:
			in = false
		default:
			if !in {
				words, in = append(words, word{at: at}), true
			}
			if r == '"' {
				quoted = !quoted
			}
			words[len(words)-1].text += string(r)
		}
		at++
	}
	return words
}
