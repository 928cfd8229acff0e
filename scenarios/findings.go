package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"itlsim/fleet"
	"itlsim/scenarios/language"
	"itlsim/scenarios/report"
)

// A Finding is what a look at an expectation gives to judge by. Those of several fleets at
// copies of one cluster add up to that of all ([Finding.Plus]). The zero value is of no
// phones, and as expected.
type Finding struct {
	Checked int    `json:"checked,omitzero"`  // phones that the sentence picks
	LeftOut int    `json:"left_out,omitzero"` // more that it picks, and says nothing of
	Holds   Sample `json:"holds,omitzero"`    // of which it is true
	Others  Kinds  `json:"others,omitempty"`  // the others
	Rare    bool   `json:"rare,omitzero"`     // not all of which are there ([maxKinds])
	Lossy   Lossy  `json:"lossy,omitzero"`

	Share             // of what a threshold is about, or of a log's lines, those that came of phones
	Own   Share       `json:"own,omitzero"`   // of a log's lines, the cluster's own
	Times fleet.Times `json:"times,omitzero"` // of boots
	Said  string      `json:"said,omitzero"`  // by cluster and nodes: what is the case instead of what is expected
	// Unsettled are the phones that had something left to do when a time was up.
	Unsettled fleet.Unsettled `json:"unsettled,omitzero"`
}

// A Share is how many of something there are: a Count, of so many.
type Share struct {
	Count uint64 `json:"count,omitzero"`
	Of    uint64 `json:"of,omitzero"`
}

// maxKinds is how many kinds of what is the case a finding has, those of most phones: of more
// than three, it is said how many there are, and nobody counts hundreds.
const maxKinds = 64

// Plus adds what was found of the phones that come next in the fleet. The error is that the
// two speak of clusters that are no copies of one another; then the finding is of no use.
func (f *Finding) Plus(next Finding) error {
	switch {
	case f.Said != next.Said:
		return fmt.Errorf("one says %q, the other %q", f.Said, next.Said)
	case f.Own != next.Own:
		return fmt.Errorf("one has %d of %d, the other %d of %d", f.Own.Count, f.Own.Of, next.Own.Count, next.Own.Of)
	}
	f.Checked += next.Checked
	f.LeftOut += next.LeftOut
	f.Holds = f.Holds.plus(next.Holds)
	f.Others, f.Rare = f.Others.plus(next.Others), f.Rare || next.Rare
	f.Lossy.plus(next.Lossy)
	f.Count += next.Count
	f.Of += next.Of
	f.Times.Plus(next.Times)
	f.Unsettled = f.Unsettled.Plus(next.Unsettled)
	return nil
}

// said is what cluster and nodes say, nil where they say nothing.
func (f *Finding) said() error {
	if f.Said == "" {
		return nil
	}
	return errors.New(f.Said)
}

// keep leaves out the kinds of which there are fewest phones.
func (f *Finding) keep(most int) {
	if len(f.Others) > most {
		f.Rare = true
		for _, is := range f.Others.commonest()[most:] {
			delete(f.Others, is)
		}
	}
}

// errNoSuchPhone is the case where an expectation is about phones of which there
// are none.
var errNoSuchPhone = errors.New("there is no such phone")

// errNoITL is the case where all of them know no ITL, and it is about trust.
var errNoITL = errors.New("there is no such phone that knows an ITL")

// judge compares with how many phones something was to be true of; what says it
// of several phones ("are trusted").
func (f *Finding) judge(q language.Quantity, what string) error {
	return f.Lossy.blamed(f.compare(q, what))
}

func (f *Finding) compare(q language.Quantity, what string) error {
	some := q.Bound == language.EveryOne || q.Bound == language.AtLeast || q.Bound == language.MoreThan
	if f.Checked == 0 && (some || q.Number > 0 || q.Upto > 0) {
		if f.LeftOut > 0 {
			return errNoITL
		}
		return errNoSuchPhone
	}
	least, most := q.Range(f.Checked)
	n := f.Holds.N
	switch {
	case least <= n && n <= most:
		return nil
	case q.Bound == language.EveryOne:
		return errors.New(f.describe())
	case n < least && n < f.Checked:
		return fmt.Errorf("%s of %s %s; of the others, %s", language.Number(n), language.Number(f.Checked), what, f.describe())
	}
	return fmt.Errorf("%s of %s %s (%s)", language.Number(n), language.Number(f.Checked), what, f.Holds)
}

// A Sample is phones, of many the first names alone.
type Sample struct {
	N     int      `json:"n"`     // how many they are
	First []string `json:"first"` // one more than are shown
}

func (s *Sample) add(name string) {
	if s.N++; len(s.First) <= report.Shown {
		s.First = append(s.First, name)
	}
}

// plus are these phones and those that come next.
func (s Sample) plus(next Sample) Sample {
	first := slices.Concat(s.First, next.First)
	return Sample{s.N + next.N, first[:min(len(first), report.Shown+1)]}
}

func (s Sample) String() string { return report.Some(s.First) }

// Kinds are phones that are otherwise than expected, by what is the case.
type Kinds map[string]Sample

func (k Kinds) add(is, name string) {
	some := k[is]
	some.add(name)
	k[is] = some
}

// plus are these phones and those that come next.
func (k Kinds) plus(next Kinds) Kinds {
	all := maps.Clone(k)
	if all == nil {
		return maps.Clone(next)
	}
	for is, some := range next {
		all[is] = all[is].plus(some)
	}
	return all
}

// commonest are the kinds, that of most phones first.
func (k Kinds) commonest() []string {
	return slices.SortedFunc(maps.Keys(k), func(a, b string) int {
		return cmp.Or(k[b].N-k[a].N, strings.Compare(a, b))
	})
}

// described is how many kinds are told of.
const described = 3

// describe sums up which phones are otherwise than expected: the three kinds that
// most phones share, and three phones of each.
func (f *Finding) describe() string {
	commonest := f.Others.commonest()
	rare := f.Rare || len(commonest) > maxKinds
	var parts []string
	for _, is := range commonest[:min(described, len(commonest))] {
		some := f.Others[is]
		parts = append(parts, fmt.Sprintf("%s of %s %s (%s)", language.Number(some.N), language.Number(f.Checked), is, some))
	}
	switch more := min(len(commonest), maxKinds) - len(parts); {
	case rare:
		parts = append(parts, fmt.Sprintf("and in more than %d other ways", more))
	case more > 0:
		parts = append(parts, fmt.Sprintf("and in %d other ways", more))
	}
	return strings.Join(parts, "; ")
}
