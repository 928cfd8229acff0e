package scenarios

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/scenarios/language"
	"itlsim/scenarios/report"
)

// A subject is a phone that an expectation looks at.
type subject struct {
	*Player
	said   language.Said // the expectation
	number int           // of the phone in the fleet
	member *lab.Member
	*fleet.View
}

// caller is the phone as clusters know it, which have the lab's phones in order.
func (s *subject) caller() cucm.Caller { return cucm.Caller{Device: s.View.Name, Number: s.number} }

// A look is an expectation that is being put to phones, one after the other.
type look struct {
	what     predicate
	picks    func(*lab.Member) bool
	at       subject // one for all: see lab.Each
	findings findings
}

// findings are of which phones something is true, and what is the case with the
// others.
type findings struct {
	holds   sample
	others  cases
	leftOut int // of which nothing was said
	lossy   lossy
}

// look begins to look.
func (p *Player) look(said language.Said, what predicate) *look {
	return &look{
		what: what, picks: p.pick(said.Which()), at: subject{Player: p, said: said}, findings: findings{others: make(cases)},
	}
}

// phone looks at one, at all of it where the expectation does not hold: to tell what is the
// case takes more than to see that it is another.
func (l *look) phone(i int, m *lab.Member, v *fleet.View) {
	if !l.picks(m) {
		return
	}
	s, f := &l.at, &l.findings
	s.number, s.member, s.View = i, m, v
	leftOut, is := l.what.of(s)
	if is != "" && !v.Shows(fleet.Whole) {
		whole := l.at.Fleet.Phone(i)
		s.View = &whole
		leftOut, is = l.what.of(s)
	}
	switch {
	case leftOut:
		f.leftOut++
	case is == "":
		f.holds.add(v.Name)
	default:
		f.others.add(s.teller.Plain(is, v.Name), v.Name)
		f.lossy.add(s)
	}
}

// judge says whether the expectation holds, when all phones have been looked at.
func (l *look) judge() error {
	var all language.Quantity
	if l.what.ofAll {
		return l.findings.judge(all, "")
	}
	return l.findings.judge(l.at.said.Quantity(), l.at.said.Words["is"])
}

// ask puts expectations to all phones, in one round that looks at what they read: to look at
// a phone takes longer than most expectations do.
func (p *Player) ask(looks []*look) {
	if len(looks) == 0 {
		return
	}
	reads := fleet.Basics
	for _, l := range looks {
		reads |= l.what.reads
	}
	p.Each(reads, func(i int, m *lab.Member, v *fleet.View) {
		for _, l := range looks {
			l.phone(i, m, v)
		}
	})
}

// errNoSuchPhone is the case where an expectation is about phones of which there
// are none.
var errNoSuchPhone = errors.New("there is no such phone")

// errNoITL is the case where all of them know no ITL, and it is about trust.
var errNoITL = errors.New("there is no such phone that knows an ITL")

// judge compares with how many phones something was to be true of; what says it
// of several phones ("are trusted").
func (f findings) judge(q language.Quantity, what string) error {
	return f.lossy.blamed(f.compare(q, what))
}

func (f findings) compare(q language.Quantity, what string) error {
	checked := f.holds.n + f.others.phones()
	some := q.Bound == language.EveryOne || q.Bound == language.AtLeast || q.Bound == language.MoreThan
	if checked == 0 && (some || q.Number > 0 || q.Upto > 0) {
		if f.leftOut > 0 {
			return errNoITL
		}
		return errNoSuchPhone
	}
	least, most := q.Range(checked)
	n := f.holds.n
	switch {
	case least <= n && n <= most:
		return nil
	case q.Bound == language.EveryOne:
		return f.others.describe(checked)
	case n < least && len(f.others) > 0:
		return fmt.Errorf("%s of %s %s; of the others, %w", report.Number(n), report.Number(checked), what,
			f.others.describe(checked))
	}
	return fmt.Errorf("%s of %s %s (%s)", report.Number(n), report.Number(checked), what, &f.holds)
}

// A sample is phones, of many the first names alone.
type sample struct {
	n     int
	first []string
}

func (s *sample) add(name string) {
	if s.n++; len(s.first) <= report.Shown {
		s.first = append(s.first, name)
	}
}

func (s *sample) String() string { return report.Some(s.first) }

// cases are phones that are otherwise than expected, by what is the case.
type cases map[string]*sample

func (c cases) add(is, name string) {
	if c[is] == nil {
		c[is] = &sample{}
	}
	c[is].add(name)
}

// phones is how many there are.
func (c cases) phones() (n int) {
	for _, s := range c {
		n += s.n
	}
	return n
}

// describe sums up which phones are otherwise than expected: the three cases that
// most phones share, and three phones of each.
func (c cases) describe(of int) error {
	if len(c) == 0 {
		return nil
	}
	commonest := slices.SortedFunc(maps.Keys(c), func(a, b string) int {
		return cmp.Or(c[b].n-c[a].n, strings.Compare(a, b))
	})
	var parts []string
	for _, is := range commonest[:min(3, len(commonest))] {
		parts = append(parts, fmt.Sprintf("%s of %s %s (%s)", report.Number(c[is].n), report.Number(of), is, c[is]))
	}
	if more := len(commonest) - len(parts); more > 0 {
		parts = append(parts, fmt.Sprintf("and in %d other ways", more))
	}
	return errors.New(strings.Join(parts, "; "))
}
