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
}

// said takes the words that have names out of a sentence.
func (w *way) said(text string, words []word) Said {
	s := Said{Text: text, Words: make(map[string]string)}
	for _, n := range w.names {
		var all []string
		for _, word := range words[n.from:n.to] {
			all = append(all, word.text)
		}
		s.Words[n.name] = strings.Trim(strings.Join(all, " "), `"`)
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

// A Which says which phones are meant. The zero value means all.
type Which struct {
	Group string `json:"group,omitempty"`
	Reach Reach  `json:"reach,omitempty"`
	Older string `json:"older,omitempty"` // with firmware older than this
	Since string `json:"since,omitempty"` // with this firmware or a later one
}

// Reach says whether phones are meant that are out of reach of what is done to
// all.
type Reach string

// What reach may be.
const (
	Anyhow  Reach = ""
	Online  Reach = "online"
	Offline Reach = "offline"
)

// Which is what <which> and <phones> were filled in with.
func (s Said) Which() Which {
	return Which{s.Words["group"], Reach(s.Words["reach"]), s.Words["older"], s.Words["since"]}
}

// A Quantity says how many of some phones something is to be true of. The zero
// value means each of them.
type Quantity struct {
	Bound  Bound
	Number float64 // of phones, or from 0 to 1 if Share
	Share  bool
}

// A Bound says how a number is meant.
type Bound uint8

// The bounds.
const (
	EveryOne Bound = iota
	Exactly
	AtLeast
	AtMost
)

// Quantity is what <phones> was filled in with.
func (s Said) Quantity() Quantity {
	how := s.Words["how"]
	q := Quantity{Bound: Exactly}
	switch {
	case how == "all":
		return Quantity{}
	case how == "half of the":
		q.Number, q.Share = 0.5, true
	case strings.HasPrefix(how, "at least "):
		q.Bound = AtLeast
	case strings.HasPrefix(how, "at most "):
		q.Bound = AtMost
	}
	if s.Words["share"] != "" {
		q.Number, q.Share = s.Share("share"), true
	} else if s.Words["count"] != "" {
		q.Number, _ = strconv.ParseFloat(s.Words["count"], 64)
	}
	return q
}
