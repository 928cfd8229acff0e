package language

import (
	"strconv"
	"strings"
)

// A Selection picks phones and says how many of them something is to be true of.
type Selection struct {
	Quantity Quantity
	Number   float64 // of phones, or a share of them
	Share    bool

	Group         string // "": all
	Offline       bool   // only those
	Online        bool   // only those
	Before, Since string // firmware
}

type Quantity uint8

const (
	EveryOne Quantity = iota
	Exactly
	AtLeast
	AtMost
)

// selectionOf reads the beginning of a sentence that the language has let pass.
func selectionOf(words []word) Selection {
	var s Selection
	i := 0
	next := func() string {
		i++
		if i > len(words) {
			return ""
		}
		return words[i-1].text
	}
	for i < len(words) {
		switch w := next(); {
		case w == "all", w == "the":
		case w == "no":
			s.Quantity = Exactly
		case w == "half":
			s.Quantity, s.Number, s.Share = Exactly, 0.5, true
		case w == "at":
			s.Quantity = AtLeast
			if next() == "most" {
				s.Quantity = AtMost
			}
		case strings.HasSuffix(w, "%"):
			s.Number, _ = strconv.ParseFloat(strings.TrimSuffix(w, "%"), 64)
			s.Number, s.Share = s.Number/100, true
			if s.Quantity == EveryOne {
				s.Quantity = Exactly
			}
		case w[0] >= '0' && w[0] <= '9':
			s.Number, _ = strconv.ParseFloat(w, 64)
			if s.Quantity == EveryOne {
				s.Quantity = Exactly
			}
		case w == "offline":
			s.Offline = true
		case w == "online":
			s.Online = true
		case w == "of":
		case w == "phones":
			s.which(words[i:])
			return s
		default:
			return s
		}
	}
	return s
}

// which reads what follows "phones".
func (s *Selection) which(words []word) {
	at := func(i int) string {
		if i < len(words) {
			return words[i].text
		}
		return ""
	}
	if at(0) == "of" {
		s.Group = at(1)
		words = words[2:]
	}
	if at(0) == "with" && at(1) == "firmware" {
		if at(2) == "older" {
			s.Before = at(4)
		} else {
			s.Since = at(2)
		}
	}
}
