package scenarios

import (
	"errors"
	"math"
	"math/rand/v2"

	"itlsim/lab"
	"itlsim/scenarios/language"
)

// turns are which phones acts on a part of the phones were for.
type turns struct {
	seed   int64
	order  []int                      // of all phones, once it is needed
	next   map[language.Which]float64 // how many of them had their turn, fractions of phones included
	picked map[*lab.Member]bool       // for which the last such act was
}

// pick tells which phones are meant.
func (p *Player) pick(w language.Which) func(*lab.Member) bool {
	var named *lab.Member
	if w.Name != "" {
		if _, here := p.Fleet.CallManager(w.Name); here {
			named = p.Member(p.Fleet.Index(w.Name))
		}
	}
	return func(m *lab.Member) bool {
		return (w.Group == "" || m.Group == w.Group) &&
			(w.Reach == language.Anyhow || m.Offline == (w.Reach == language.Offline)) &&
			(w.Model == "" || m.Profile.Model == w.Model) &&
			(w.Name == "" || m == named) &&
			(!w.Picked || p.turns.picked[m]) &&
			(w.Older == "" || !m.Profile.Since(w.Older)) &&
			(w.Since == "" || m.Profile.Since(w.Since))
	}
}

// errNothingPicked is the error of an act on the phones that were picked last, where none
// were.
var errNothingPicked = errors.New("no act was on a part of the phones yet")

// choose tells the lab which phones an act is for; nil means all.
func (p *Player) choose(a Act) (func(*lab.Member) bool, error) {
	which := a.Phones
	switch {
	case which.Picked && p.turns.picked == nil:
		return nil, errNothingPicked
	case a.Part != language.Part{}:
		chosen := make(map[*lab.Member]bool)
		for _, m := range p.part(which, a.Part) {
			chosen[m] = true
		}
		p.turns.picked = chosen
		return func(m *lab.Member) bool { return chosen[m] }, nil
	case which == language.Which{}:
		return nil, nil
	}
	return p.pick(which), nil
}

// part is a part of some phones, in the order of turns, which is the seed's. A part that
// is no whole number of phones has the next one too, and what follows has one less: the
// parts of a whole have each phone once, and the first is not empty.
func (p *Player) part(which language.Which, part language.Part) []*lab.Member {
	t := &p.turns
	if t.order == nil {
		t.order, t.next = rand.New(rand.NewPCG(uint64(t.seed), 0)).Perm(p.Phones()), make(map[language.Which]float64)
	}
	var all []*lab.Member
	is := p.pick(which)
	for _, i := range t.order {
		if m := p.Member(i); is(m) {
			all = append(all, m)
		}
	}
	of, from := float64(len(all)), 0.0
	whole := func(n float64) int { return int(math.Ceil(n - 1e-6)) }
	if part.Turn != "" {
		from = t.next[which]
	}
	if part.Turn == language.TheNext && whole(from) == len(all) {
		from = 0
	}
	to := from + part.Number
	switch {
	case part.Turn == language.TheRest:
		to = of
	case part.Share:
		to = from + float64(part.Number*of) // rounded, as on every processor
	}
	t.next[which] = min(to, of)
	return all[whole(from):whole(t.next[which])]
}
