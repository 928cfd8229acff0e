package virtual

import (
	"errors"
	"time"

	"itlsim/cucm"
)

// cut is a partition: phones from one to another do not reach a node.
type cut struct {
	node     *node
	from, to int
}

// Cut parts the phones from one index to before another from a node, both ways.
func (f *Fleet) Cut(n *cucm.Node, from, to int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cuts = append(f.cuts, cut{f.node(n), from, to})
	f.renew()
}

// Heal ends all cuts and gives the network other properties.
func (f *Fleet) Heal(n Network) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cuts = nil
	f.disturb(n)
	f.renew()
}

// Disturb gives the network other properties. The phones' own times stay.
func (f *Fleet) Disturb(n Network) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.disturb(n)
}

func (f *Fleet) disturb(n Network) {
	own := f.config.Network
	n.Think, n.Block, n.Update, n.Attach, n.Check, n.Join, n.Spread = own.Think, own.Block, own.Update, own.Attach, own.Check, own.Join, own.Spread
	f.config.Network = n
}

func (f *Fleet) reaches(phone uint32, n *node) bool {
	for _, c := range f.cuts {
		if c.node == n && c.from <= int(phone) && int(phone) < c.to {
			return false
		}
	}
	return true
}

func (f *Fleet) reachesAny(phone uint32) bool {
	if len(f.cuts) == 0 {
		return true
	}
	for _, n := range f.nodes {
		if f.reaches(phone, n) {
			return true
		}
	}
	return false
}

// reach draws how long a TCP connection to a service and a question take, or
// until the phone knows that there will be none.
func (f *Fleet) reach(i uint32, n *node, s cucm.Service, limit time.Duration) (time.Duration, error) {
	if n == nil || !f.reaches(i, n) {
		return limit, errCut
	}
	took, ok := f.config.Network.connection(&f.slots[i].chance)
	switch {
	case !n.up[s]:
		return min(took, limit), errRefused
	case !ok || took > limit:
		return limit, errLost
	}
	return took, nil
}

var (
	errRefused = errors.New("connection refused")
	errUnknown = errors.New("404 Not Found")
)
