//go:build exploration

package fuzz

import (
	"context"
	"maps"
	"slices"

	"itlsim/cucm"
	"itlsim/fleet/virtual"
)

const forks = true

// again is the same situation once more, in a world of its own: cluster and phone
// are forked, ten times as quick as to play all moves again (replay_test.go).
func (p *situation) again(ctx context.Context) (*situation, error) {
	q := &situation{
		trial: &trial{
			clock: virtual.NewClock(), network: p.network,
			lastFile: slices.Clone(p.lastFile), fetching: slices.Clone(p.fetching),
		},
		keys: &keyring{p.keys.keys, p.keys.n}, path: slices.Clip(p.path), edges: &edges{},
	}
	var err error
	if q.cluster, err = p.cluster.Fork(nil, ownMeans(q)); err != nil {
		return nil, err
	}
	q.connect()
	if err := q.fleet.Advance(ctx, p.clock.Elapsed()); err != nil {
		return nil, err
	}
	q.add(p.phones[0].Clone(nil))
	q.setFaults(p.faults)
	q.checkers = []checker{q.edges}
	for _, c := range p.checkers {
		switch c := c.(type) {
		case *edges: // which is as new where everything is at rest
		case *vouched:
			s := c.seen[0]
			q.checkers = append(q.checkers, &vouched{[]seen{{s.asked, slices.Clip(s.showed), slices.Clip(s.answers)}}})
		case *cured:
			q.checkers = append(q.checkers, &cured{slices.Clone(c.listTaken)})
		case *accounted:
			q.checkers = append(q.checkers, &accounted{maps.Clone(c.served)})
		case *verifies: // knows lists by their addresses, and keeps them
			q.checkers = append(q.checkers, &verifies{make(map[*byte]error)})
		default: // has no memory
			q.checkers = append(q.checkers, c)
		}
	}
	return q, nil
}

// ownMeans are those of a situation's cluster.
func ownMeans(q *situation) func(*cucm.Config) {
	return func(cfg *cucm.Config) { cfg.Clock, cfg.Keys = q.clock, q.keys }
}

// shrink lets go of what again makes anew.
func (p *situation) shrink() (err error) {
	p.fleet, p.first, p.tamper = nil, nil, nil
	p.cluster, err = p.cluster.Fork(nil, ownMeans(p))
	return err
}
