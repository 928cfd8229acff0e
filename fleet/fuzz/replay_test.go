//go:build !exploration

package fuzz

import "context"

const forks = false

// again is the same situation once more, in a world of its own: all moves from
// the beginning are played again. This takes ten times as long as to fork
// (fork_test.go), but needs nothing of packages cucm and phone for it.
func (p *situation) again(ctx context.Context) (*situation, error) {
	q, err := begin(p.keys.keys)
	for _, m := range p.path {
		if err != nil {
			return nil, err
		}
		err = q.move(ctx, m)
	}
	return q, err
}

// shrink lets go of what again makes anew.
func (p *situation) shrink() error {
	p.trial = nil
	return nil
}
