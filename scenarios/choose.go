package scenarios

import (
	"errors"
	"math"
	"math/rand/v2"

	"itlsim/internal/bitset"
	"itlsim/lab"
	"itlsim/scenarios/language"
)

// turns are which phones acts on a part of the phones were for, of all shards.
type turns struct {
	seed   int64
	order  []int                      // of the first [shuffled] phones, once it is needed
	next   map[language.Which]float64 // how many of them had their turn, fractions of phones included
	picked *bitset.Set                // for which the last such act was, by number; nil: there was none
}

// shuffled is how many phones have turns of their own in the seed's order: those of a larger
// fleet that are so many apart have theirs together. So each shard finds the same phones
// without the turns of ten million, which are 80 MB.
const shuffled = 1_000_000

// pick tells which phones are meant.
func (p *Player) pick(w language.Which) func(*lab.Member) bool {
	var named uint32
	there := false
	if w.Name != "" {
		named, there = p.Number(w.Name)
	}
	return func(m *lab.Member) bool {
		return (w.Group == "" || m.Group == w.Group) &&
			(w.Reach == language.Anyhow || m.Offline == (w.Reach == language.Offline)) &&
			(w.Model == "" || m.Profile.Model == w.Model) &&
			(w.Name == "" || there && m.Number() == named) &&
			(!w.Picked || p.turns.picked != nil && p.turns.picked.Has(m.Number())) &&
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
		chosen := p.part(which, a.Part)
		p.turns.picked = &chosen
		return func(m *lab.Member) bool { return chosen.Has(m.Number()) }, nil
	case which == language.Which{}:
		return nil, nil
	}
	return p.pick(which), nil
}

// part is a part of some phones, in the order of turns, which is the seed's. A part that
// is no whole number of phones has the next one too, and what follows has one less: the
// parts of a whole have each phone once, and the first is not empty.
func (p *Player) part(which language.Which, part language.Part) (chosen bitset.Set) {
	t, total := &p.turns, p.Total()
	if t.order == nil {
		r := rand.New(rand.NewPCG(uint64(t.seed), 0))
		t.order, t.next = r.Perm(min(total, shuffled)), make(map[language.Which]float64)
	}
	var all bitset.Set
	is := p.pick(which)
	for m := range p.All {
		if is(m) {
			all.Add(m.Number())
		}
	}
	of, from := float64(all.Len()), 0.0
	whole := func(n float64) int { return int(math.Ceil(n - 1e-6)) }
	if part.Turn != "" {
		from = t.next[which]
	}
	if part.Turn == language.TheNext && whole(from) == all.Len() {
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
	first, last, n := whole(from), whole(t.next[which]), 0
	for _, turn := range t.order {
		for i := uint32(turn); int(i) < total; i += shuffled {
			if !all.Has(i) {
				continue
			}
			if first <= n && n < last {
				chosen.Add(i)
			}
			n++
		}
	}
	return chosen
}
