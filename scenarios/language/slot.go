package language

import (
	"regexp"
	"slices"
	"strings"
)

// Vocabulary is what sentences may name.
type Vocabulary struct {
	Nodes  []string // of the clusters
	Groups []string // of phones
}

// A slot stands for a word that the speaker chooses.
type slot struct {
	pattern string // a regular expression, for JSON Schema too
	what    string // "a number such as 12"
	example string // "12"
	words   func(Vocabulary) []string
	whole   *regexp.Regexp // pattern, for a whole word
}

var slots = map[string]slot{
	"number":  free("[0-9]+", "a number such as 12", "2"),
	"percent": free(`(?:100|[0-9]{1,2})(?:\.[0-9]+)?%`, "a share such as 25%", "5%"),
	"node":    known("a node of the cluster", "test10pub", func(v Vocabulary) []string { return v.Nodes }),
	"group":   known("a group of phones", "floor-1", func(v Vocabulary) []string { return v.Groups }),
	"name":    free(`[^ "]+`, "a name", "ITLRECOVERY_test10pub"),
	"store":   free(`[^ "]+`, "a trust store such as Phone-SAST-trust", "Phone-SAST-trust"),
	"text":    free(`"[^"]+"`, `a text in quotes, such as "Trust List update failed"`, `"Trust List update failed"`),
	"version": free(`[0-9]+[.(][0-9.()A-Za-z-]+`, "a firmware such as 9.4(1)", "9.4(1)"),
	"state":   oneOf("trusted", "locked", "untrusted"),
	"unit":    oneOf("CallManager", "TVS", "CAPF", "ITLRecovery", "tomcat", "ipsec"),
	"service": oneOf("TFTP", "TVS").suchAs("TVS"),
	"onoff":   oneOf("enabled", "disabled").suchAs("disabled"),
	"changed": oneOf("Enabled", "Disabled").suchAs("Disabled"),
	"truth":   oneOf("True", "False"),
	"timeunit": oneOf("ms", "s", "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days",
		"year", "years").suchAs("minutes"),
}

// free is a slot for any word of a form.
func free(pattern, what, example string) slot {
	return slot{pattern: pattern, what: what, example: example, whole: regexp.MustCompile("^(?:" + pattern + ")$")}
}

// known is a slot for a name that the vocabulary has.
func known(what, example string, words func(Vocabulary) []string) slot {
	s := free(`[^ "]+`, what, example)
	s.words = words
	return s
}

// oneOf is a slot for one of some words.
func oneOf(words ...string) slot {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = regexp.QuoteMeta(w)
	}
	s := free("(?:"+strings.Join(quoted, "|")+")", "one of "+strings.Join(words, ", "), words[0])
	s.words = func(Vocabulary) []string { return words }
	return s
}

// suchAs is the slot with another example.
func (s slot) suchAs(example string) slot {
	s.example = example
	return s
}

// fits reports whether a word may stand in the slot.
func (s slot) fits(word string, v Vocabulary) bool {
	if s.words != nil {
		return slices.Contains(s.words(v), word)
	}
	return s.whole.MatchString(word)
}
