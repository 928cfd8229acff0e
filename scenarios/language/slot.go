package language

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"itlsim/phone"
)

// Vocabulary is what sentences may name.
type Vocabulary struct {
	Nodes  []string `json:"nodes"`  // of the clusters
	Groups []string `json:"groups"` // of phones
	Models []string `json:"models"` // of phones
}

// A slot stands for a word that the speaker chooses.
type slot struct {
	label   string // that stands for it in the documentation: "N"
	pattern string // a regular expression, for JSON Schema too
	what    string // "a number such as 12"
	example string // "12"
	words   func(Vocabulary) []string
	plain   func(word string) string // of several spellings the one that words has; nil: there is one
	whole   *regexp.Regexp           // pattern, for a whole word
}

var slots = map[string]slot{
	"number":  free("N", "[0-9]+", "a number such as 12", "2"),
	"percent": free("SHARE", `(?:100|[0-9]{1,2})(?:\.[0-9]+)?%`, "a share such as 25%", "5%"),
	"node":    known("NODE", "a node of the cluster", "test10pub", nodes),
	// a node, of which examples name a subscriber
	"subscriber": known("NODE", "a node of the cluster", "test10sub", nodes),
	"group":      known("GROUP", "a group of phones", "floor-1", func(v Vocabulary) []string { return v.Groups }),
	"model": known("MODEL", "a model of phones that are there", "8861", func(v Vocabulary) []string { return v.Models }).
		spelt(modelName),
	"phone": free("SEP<MAC>", "[Ss][Ee][Pp][0-9A-Fa-f]{12}", "a phone such as SEP001BD4000004", "SEP001BD4000000"),
	"name":  free("NAME", `[^ "]+`, "a name", "ITLRECOVERY_test10pub"),
	"store": free("STORE", `[^ "]+`, "a trust store such as Phone-SAST-trust", "Phone-SAST-trust"),
	"text": free(`"TEXT"`, `"[^"]+"`, `a text in quotes, such as "Trust List update failed"`,
		`"Trust List update failed"`),
	"version": free("VERSION", `[0-9]+[.(][0-9.()A-Za-z-]+`, "a firmware such as 9.4(1)", "9.4(1)"),
	"state":   oneOf("", "trusted", "locked", "untrusted"),
	"unit":    oneOf("UNIT", "CallManager", "TVS", "CAPF", "ITLRecovery", "tomcat", "ipsec"),
	"service": oneOf("", "TFTP", "TVS").suchAs("TVS"),
	"onoff":   oneOf("", "enabled", "disabled").suchAs("disabled"),
	"changed": oneOf("", "Enabled", "Disabled").suchAs("Disabled"),
	"truth":   oneOf("", "True", "False"),
	"timeunit": oneOf("TIMEUNIT", "ms", "s", "second", "seconds", "minute", "minutes", "hour", "hours", "day", "days",
		"year", "years").suchAs("minutes"),
	"weekday": oneOf("WEEKDAY", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday").
		suchAs("Saturday"),
	"date":  free("DATE", "[0-9]{4}-[0-9]{2}-[0-9]{2}", "a date such as 2027-03-01", "2027-03-01"),
	"clock": free("TIME", "[0-2][0-9]:[0-5][0-9]", "a time such as 02:00", "02:00"),
}

func nodes(v Vocabulary) []string { return v.Nodes }

// free is a slot for any word of a form.
func free(label, pattern, what, example string) slot {
	whole := regexp.MustCompile("^(?:" + pattern + ")$")
	return slot{label: label, pattern: pattern, what: what, example: example, whole: whole}
}

// known is a slot for a name that the vocabulary has.
func known(label, what, example string, words func(Vocabulary) []string) slot {
	s := free(label, `[^ "]+`, what, example)
	s.words = words
	return s
}

// oneOf is a slot for one of some words, which stand in the documentation where there is
// no label for them.
func oneOf(label string, words ...string) slot {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = regexp.QuoteMeta(w)
	}
	label = cmp.Or(label, "("+strings.Join(words, "|")+")")
	s := free(label, "(?:"+strings.Join(quoted, "|")+")", "one of "+strings.Join(words, ", "), words[0])
	s.words = func(Vocabulary) []string { return words }
	return s
}

// suchAs is the slot with another example.
func (s slot) suchAs(example string) slot {
	s.example = example
	return s
}

// spelt is the slot whose words may be spelt in several ways.
func (s slot) spelt(plain func(word string) string) slot {
	s.plain = plain
	return s
}

// modelName is a model as the phones' profiles name it: cp-8841 is 8841, ATA-191 is
// ATA 191.
func modelName(word string) string {
	p, _ := phone.NewProfile(word, "") // of unknown models too
	return p.Model
}

// fits reports whether a word may stand in the slot.
func (s slot) fits(word string, v Vocabulary) bool {
	if s.words != nil {
		known := s.words(v)
		return slices.Contains(known, word) || s.plain != nil && slices.Contains(known, s.plain(word))
	}
	return s.whole.MatchString(word)
}
