//go:build !exploration

package fuzz

import "context"

// again is the same situation once more, in a world of its own: all moves from
// the beginning are played again. See fork_test.go for the quicker way.
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

func (p *situation) shrink() error {
	p.trial = nil
	return nil
}
