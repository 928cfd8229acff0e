package scenarios

import (
	"maps"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/scenarios/report"
)

// Fork is a player in a fork of the lab ([lab.Lab.Fork]): what it remembers of before, and which
// phones had their turn, is as it is here. Close ends it.
func (p *Player) Fork() (*Player, error) {
	l, err := p.Lab.Fork()
	if err != nil {
		return nil, err
	}
	f := &Player{Lab: l, teller: report.NewTeller(l), turns: p.turns}
	f.turns.next = maps.Clone(p.turns.next)
	f.before = before{
		lists: make(map[*cucm.Node]*itl.List), certs: make(map[*cucm.Node]map[cucm.Unit]*cucm.Certificate),
		held: p.before.held,
	}
	for i, n := range p.Nodes() {
		own := f.Nodes()[i]
		f.before.lists[own], f.before.certs[own] = p.before.lists[n], p.before.certs[n]
	}
	return f, nil
}
