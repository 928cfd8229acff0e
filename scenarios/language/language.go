package language

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// A Language is the sentences that may stand after one key of a scenario file.
// The loader, its error messages and the JSON Schema all come from it. Make it
// with [New].
type Language[T any] struct {
	rules  []Rule[T]
	parsed [][]part // of each rule
	groups []group
}

// A group is rules that follow each other and begin with the same macro, or one rule.
type group struct {
	first part
	rests [][]part // what follows, of each rule
}

// New makes a language of its rules. A rule that makes no sense is a panic.
func New[T any](rules ...Rule[T]) *Language[T] {
	l := &Language[T]{rules: rules}
	for _, r := range rules {
		parts, last := parseRule(r.Sentence), len(l.groups)-1
		l.parsed = append(l.parsed, parts)
		if m := parts[0].macro; m == "" || last < 0 || l.groups[last].first.macro != m {
			l.groups, last = append(l.groups, group{first: parts[0]}), last+1
		}
		l.groups[last].rests = append(l.groups[last].rests, parts[1:])
	}
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
	r := &reading{words: wordsOf(text), vocabulary: v, complete: -1}
	before := 0
	for _, g := range l.groups {
		if i := r.group(g); i >= 0 {
			return l.rules[before+i].Means, r.said(text), nil
		}
		before += len(g.rests)
	}
	var none T
	if r.furthest < len(r.words) {
		typed := r.words[r.furthest]
		return none, Said{}, &Error{typed.at, r.wants(typed.text)}
	}
	says := "the sentence is not complete: " + r.wants("")
	return none, Said{}, &Error{len([]rune(text)), says}
}

// mostWords is how many words an error names.
const mostWords = 12

// Wants says what a word should have been that makes no sense, or is missing (""): the
// nearest of those that are known where there is one, else all.
func Wants(typed string, known []string) string { return instead(typed, known, nil, false) }

// instead says so of words that are known, or of some forms, or of the end of the sentence.
func instead(typed string, known, forms []string, ends bool) string {
	if hint := DidYouMean(typed, known); hint != "" {
		return fmt.Sprintf("%q is not understood here%s", typed, hint)
	}
	known = slices.Compact(slices.Sorted(slices.Values(known)))
	for _, w := range known[:min(mostWords, len(known))] {
		forms = append(forms, fmt.Sprintf("%q", w))
	}
	if len(known) > mostWords {
		forms = append(forms, "…")
	}
	choices := strings.Join(forms, ", ")
	switch {
	case typed == "":
		return "it goes on with " + choices
	case !ends:
		return fmt.Sprintf("%q is not understood here; it can be %s", typed, choices)
	case choices != "":
		choices = ", or goes on with " + choices
	}
	return fmt.Sprintf("%q is too much: the sentence ends before it%s", typed, choices)
}

// word is a word of what was typed, and where it begins, in characters.
type word struct {
	text string
	at   int
}

// wordsOf splits at blanks; a text in quotes is one word.
func wordsOf(s string) []word {
	var words []word
	quoted, begins := false, -1
	at := 0
	for i, r := range s {
		switch blank := unicode.IsSpace(r) && !quoted; {
		case blank && begins >= 0:
			words[len(words)-1].text = s[begins:i]
			begins = -1
		case !blank && begins < 0:
			words, begins = append(words, word{at: at}), i
		}
		if r == '"' {
			quoted = !quoted
		}
		at++
	}
	if begins >= 0 {
		words[len(words)-1].text = s[begins:]
	}
	return words
}
