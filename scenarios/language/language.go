package language

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// A Language is a table of sentences that a scenario file may use in one place.
// The file's loader, its error messages and the JSON Schema all come from it.
//
// A sentence is written as it reads, with
//
//	{slot}    one word, or a text in quotes; see slots
//	(a|b)     one of these
//	[ words]  words that may be left out
//	<macro>   another piece of grammar; see macros
type Language[T any] struct {
	rules []Rule[T]
	flat  []flatRule
}

// A Rule is one sentence and what it means.
type Rule[T any] struct {
	Sentence string
	Means    func(Given) T
}

// Given is what a sentence was filled in with.
type Given struct {
	Text   string
	Which  Selection // of <phones>
	Values []string  // of the slots, in their order; quotes are taken off
}

// flatRule is one way to say a sentence, word by word.
type flatRule struct {
	rule  int
	words []string
}

// A slot is a word that the user chooses.
type slot struct {
	pattern string // a regular expression, for JSON Schema too
	what    string // "a number such as 12"
	words   func(Vocabulary) []string
	whole   *regexp.Regexp // pattern, for a whole word
}

// Vocabulary is what a file names.
type Vocabulary struct{ Nodes, Groups []string }

func slotOf(pattern, what string, words func(Vocabulary) []string) slot {
	return slot{pattern, what, words, regexp.MustCompile("^(?:" + pattern + ")$")}
}

func oneOf(words ...string) slot {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = regexp.QuoteMeta(w)
	}
	return slotOf("(?:"+strings.Join(quoted, "|")+")", "one of "+strings.Join(words, ", "), func(Vocabulary) []string { return words })
}

var slots = map[string]slot{
	"number":   slotOf("[0-9]+", "a number such as 12", nil),
	"percent":  slotOf(`(?:100|[0-9]{1,2})(?:\.[0-9]+)?%`, "a share such as 25%", nil),
	"node":     slotOf(`[^ "]+`, "a node of the cluster", func(v Vocabulary) []string { return v.Nodes }),
	"group":    slotOf(`[^ "]+`, "a group of phones", func(v Vocabulary) []string { return v.Groups }),
	"name":     slotOf(`[^ "]+`, "a name", nil),
	"text":     slotOf(`"[^"]+"`, `a text in quotes, such as "Trust List update failed"`, nil),
	"version":  slotOf(`[0-9]+[.(][0-9.()A-Za-z-]+`, "a firmware such as 9.4(1)", nil),
	"state":    oneOf("trusted", "locked", "untrusted"),
	"unit":     oneOf("CallManager", "TVS", "CAPF", "ITLRecovery", "tomcat", "ipsec"),
	"service":  oneOf("TFTP", "TVS"),
	"onoff":    oneOf("enabled", "disabled"),
	"changed":  oneOf("Enabled", "Disabled"),
	"truth":    oneOf("True", "False"),
	"timeunit": oneOf("ms", "s", "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days", "year", "years"),
}

var macros = map[string]string{
	// which phones, and how many of them
	"phones": "(all|no|{number}|at least {number}|at most {number}|{percent} of the|at least {percent} of the|at most {percent} of the|half of the)[ (offline|online)] phones<which>",
	"which":  "[ of {group}][ with firmware (older than {version}|{version} or later)]",
}

// New makes a language of its rules.
func New[T any](rules ...Rule[T]) *Language[T] {
	l := &Language[T]{rules: rules}
	for i, r := range rules {
		for _, s := range expand(unfold(r.Sentence)) {
			l.flat = append(l.flat, flatRule{i, strings.Fields(s)})
		}
	}
	return l
}

// unfold puts the macros in.
func unfold(sentence string) string {
	for strings.Contains(sentence, "<") {
		for name, text := range macros {
			sentence = strings.ReplaceAll(sentence, "<"+name+">", text)
		}
	}
	return sentence
}

// expand lists the ways to say a sentence.
func expand(s string) []string {
	open := strings.IndexAny(s, "([")
	for open > 0 && open+1 < len(s) && s[open] == '(' && s[open-1] != ' ' && s[open-1] != '[' {
		// a parenthesis within a word, as in 9.4(1), is a letter like any other
		next := strings.IndexAny(s[open+1:], "([")
		if next < 0 {
			return []string{s}
		}
		open += 1 + next
	}
	if open < 0 {
		return []string{s}
	}
	depth, end := 0, open
	var parts []string
	from := open + 1
	for i := open; i < len(s); i++ {
		switch s[i] {
		case '(', '[':
			depth++
		case ')', ']':
			if depth--; depth == 0 {
				parts, end = append(parts, s[from:i]), i
			}
		case '|':
			if depth == 1 {
				parts, from = append(parts, s[from:i]), i+1
			}
		}
		if depth == 0 {
			break
		}
	}
	if s[open] == '[' {
		parts = append(parts, "")
	}
	var all []string
	for _, rest := range expand(s[end+1:]) {
		for _, part := range parts {
			for _, middle := range expand(part) {
				all = append(all, s[:open]+middle+rest)
			}
		}
	}
	return all
}

// Pattern is the language as a regular expression that JSON Schema knows too.
func (l *Language[T]) Pattern() string {
	var all []string
	for _, r := range l.rules {
		var b strings.Builder
		s := unfold(r.Sentence)
		for i := 0; i < len(s); i++ {
			switch c := s[i]; c {
			case '(':
				b.WriteString("(?:")
			case '[':
				b.WriteString("(?:")
			case ']':
				b.WriteString(")?")
			case ')', '|':
				b.WriteByte(c)
			case '{':
				end := i + strings.IndexByte(s[i:], '}')
				b.WriteString(slots[s[i+1:end]].pattern)
				i = end
			default:
				b.WriteString(regexp.QuoteMeta(string(c)))
			}
		}
		all = append(all, b.String())
	}
	return "^(?:" + strings.Join(all, "|") + ")$"
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

// A Error tells where a sentence stops making sense.
type Error struct {
	At   int // characters from its beginning
	Says string
}

func (e *Error) Error() string { return e.Says }

// Parse finds out what a sentence means.
func (l *Language[T]) Parse(s string, v Vocabulary) (T, error) {
	var none T
	words := wordsOf(s)
	alive := l.flat
	for i, w := range words {
		var next []flatRule
		for _, f := range alive {
			if i < len(f.words) && fits(f.words[i], w.text, v) {
				next = append(next, f)
			}
		}
		if len(next) == 0 {
			return none, &Error{w.at, wants(w.text, expected(alive, i), v)}
		}
		alive = next
	}
	for _, f := range alive {
		if len(f.words) == len(words) {
			return l.rules[f.rule].Means(fill(s, f.words, words)), nil
		}
	}
	end := len([]rune(s))
	return none, &Error{end, "the sentence is not complete: " + wants("", expected(alive, len(words)), v)}
}

func fits(want, typed string, v Vocabulary) bool {
	name, isSlot := slotName(want)
	if !isSlot {
		return want == typed
	}
	s := slots[name]
	if s.words != nil {
		return slices.Contains(s.words(v), typed)
	}
	return s.whole.MatchString(typed)
}

func slotName(word string) (string, bool) {
	if strings.HasPrefix(word, "{") {
		return strings.Trim(word, "{}"), true
	}
	return "", false
}

// expected are the words with which some sentence would go on.
func expected(alive []flatRule, at int) []string {
	var all []string
	for _, f := range alive {
		if at < len(f.words) && !slices.Contains(all, f.words[at]) {
			all = append(all, f.words[at])
		}
	}
	return all
}

// wants says what a word should have been, the nearest one first.
func wants(typed string, expected []string, v Vocabulary) string {
	var known, open []string
	for _, e := range expected {
		name, isSlot := slotName(e)
		switch s := slots[name]; {
		case !isSlot:
			known = append(known, e)
		case s.words != nil:
			known = append(known, s.words(v)...)
		default:
			open = append(open, s.what)
		}
	}
	if typed != "" {
		if hint := DidYouMean(typed, known); hint != "" {
			return fmt.Sprintf("%q is not understood here%s", typed, hint)
		}
	}
	slices.Sort(known)
	const most = 12
	if len(known) > most {
		known = append(known[:most:most], "…")
	}
	for i, w := range known {
		if w != "…" {
			known[i] = fmt.Sprintf("%q", w)
		}
	}
	choices := strings.Join(append(open, known...), ", ")
	switch {
	case choices == "":
		return fmt.Sprintf("%q is too much: the sentence ends before it", typed)
	case typed == "":
		return "it goes on with " + choices
	}
	return fmt.Sprintf("%q is not understood here; it can be %s", typed, choices)
}

// fill takes the user's words out of a sentence.
func fill(s string, flat []string, words []word) Given {
	g := Given{Text: s}
	g.Which = selectionOf(words)
	for i, f := range flat {
		if _, isSlot := slotName(f); isSlot {
			g.Values = append(g.Values, strings.Trim(words[i].text, `"`))
		}
	}
	return g
}

// Last is the n-th value from the end: what comes before belongs to <phones>.
func (g Given) Last(n int) string { return g.Values[len(g.Values)-n] }

// Sentences are the language's, as its rules have them.
func (l *Language[T]) Sentences() []string {
	all := make([]string, len(l.rules))
	for i, r := range l.rules {
		all[i] = r.Sentence
	}
	return all
}
