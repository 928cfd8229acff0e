package scenarios

import (
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/scenarios/language"
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
	what    predicate
	picks   func(*lab.Member) bool
	at      subject // one for all: see lab.Each
	finding Finding
}

// round begins to look at phones.
func (p *Player) round(said language.Said, what predicate) *look {
	return &look{
		what: what, picks: p.pick(said.Which()), at: subject{Player: p, said: said}, finding: Finding{Others: make(Kinds)},
	}
}

// phone looks at one, at all of it where the expectation does not hold: to tell what is the
// case takes more than to see that it is another.
func (l *look) phone(i int, m *lab.Member, v *fleet.View) {
	if !l.picks(m) {
		return
	}
	s, f := &l.at, &l.finding
	s.number, s.member, s.View = i, m, v
	leftOut, is := l.what.of(s)
	if is != "" && !v.Shows(fleet.Whole) {
		whole := l.at.Fleet.Phone(i)
		s.View = &whole
		leftOut, is = l.what.of(s)
	}
	if leftOut {
		f.LeftOut++
		return
	}
	f.Checked++
	if is == "" {
		f.Holds.add(v.Name)
		return
	}
	f.Others.add(s.teller.Plain(is, v.Name), v.Name)
	f.Lossy.add(s)
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

// look looks at expectations, at those about phones in one round.
func (p *Player) look(all []Expectation) []Finding {
	var looks []*look
	for _, e := range all {
		if e.round != nil {
			looks = append(looks, e.round(p))
		}
	}
	p.ask(looks)
	found := make([]Finding, len(all))
	for i, e := range all {
		if e.round == nil {
			found[i] = e.Look(p)
			continue
		}
		found[i], looks = looks[0].finding, looks[1:]
		found[i].keep(maxKinds)
	}
	return found
}
