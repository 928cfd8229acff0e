package language

import (
	"math"
	"strings"
)

// A Which says which phones are meant. The zero value means all.
type Which struct {
	Group  string `json:"group,omitempty"`
	Reach  Reach  `json:"reach,omitempty"`
	Model  string `json:"model,omitempty"`
	Name   string `json:"name,omitempty"`   // of one phone
	Picked bool   `json:"picked,omitempty"` // for which the last act was that was for a part of the phones
	Older  string `json:"older,omitempty"`  // with firmware older than this
	Since  string `json:"since,omitempty"`  // with this firmware or a later one
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
	return Which{
		Group: s.Words["group"], Reach: Reach(s.Words["reach"]), Model: s.Words["model"],
		Name:   strings.ToUpper(s.Words["phone"]),
		Picked: s.Words["picked"] != "", Older: s.Words["older"], Since: s.Words["since"],
	}
}

// A Part is a part of some phones. The zero value means all of them.
type Part struct {
	Turn   Turn    `json:"turn,omitempty"`
	Number float64 `json:"number,omitempty"` // of phones, or from 0 to 1 if Share
	Share  bool    `json:"share,omitempty"`
}

// A Turn says where a part of the phones begins. The zero value is their beginning.
type Turn string

// The turns that are not at the beginning: from the phones on that come next.
const (
	TheNext Turn = "the next"
	TheRest Turn = "the rest"
)

// Part is what <part> was filled in with.
func (s Said) Part() Part {
	n, share := s.amount()
	return Part{Turn(s.Words["turn"]), n, share}
}

// A Quantity says how many of some phones something is to be true of, or how often
// something is to be. The zero value means each of them.
type Quantity struct {
	Bound  Bound
	Number float64 // of phones, or from 0 to 1 if Share
	Upto   float64 // the end of a range
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
	MoreThan
	FewerThan
	Between // Number and Upto, which both may be
)

var bounds = map[string]Bound{
	"": Exactly, "at least": AtLeast, "at most": AtMost,
	"more than": MoreThan, "fewer than": FewerThan, "less than": FewerThan,
}

// Quantity is what <phones> was filled in with.
func (s Said) Quantity() Quantity {
	q := Quantity{Bound: bounds[s.Words["bound"]]}
	switch s.Words["how"] {
	case "all":
		return Quantity{}
	case "no":
		return q
	}
	q.Number, q.Share = s.amount()
	if s.Words["upto"] != "" {
		q.Bound = Between
		q.Upto = s.number("upto")
	}
	return q
}

// Backwards reports whether a range ends before it begins, so that nothing is in it.
func (q Quantity) Backwards() bool { return q.Bound == Between && q.Number > q.Upto }

// Range is from what number to what number something may be true of so many phones. A
// share that is no whole number of them may be rounded either way.
func (q Quantity) Range(of int) (least, most int) {
	number, upto := q.Number, q.Upto
	if q.Share {
		number, upto = number*float64(of), upto*float64(of)
	}
	const little = 1e-9 // by which a share of phones may be off
	floor := func(n float64) int { return int(math.Floor(n + little)) }
	ceil := func(n float64) int { return int(math.Ceil(n - little)) }
	switch q.Bound {
	case Exactly:
		return floor(number), ceil(number)
	case AtLeast:
		return floor(number), math.MaxInt
	case AtMost:
		return 0, ceil(number)
	case MoreThan:
		return floor(number) + 1, math.MaxInt
	case FewerThan:
		return 0, ceil(number) - 1
	case Between:
		return floor(number), ceil(upto)
	}
	return of, of
}

// amount is a number or share of phones.
func (s Said) amount() (n float64, share bool) {
	switch {
	case s.Words["half"] != "":
		return 0.5, true
	case s.Words["share"] != "":
		return s.number("share"), true
	}
	return s.number("count"), false
}

// number is a number, or a share from 0 to 1; 0 where there is none.
func (s Said) number(name string) float64 {
	if strings.HasSuffix(s.Words[name], "%") {
		return s.Share(name)
	}
	return float64(s.Number(name))
}

// Many is what <many> was filled in with.
func (s Said) Many() Quantity {
	q := Quantity{Bound: bounds[s.Words["than"]], Number: s.number("number")}
	if s.Words["most"] != "" {
		q.Bound, q.Upto = Between, s.number("most")
	}
	return q
}
