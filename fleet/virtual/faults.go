package virtual

import (
	"errors"
	"time"

	"itlsim/cucm"
)

// partition parts phones, from one index to before another, from a node.
type partition struct {
	node     *node
	from, to int
}

// Partition parts the phones from one index to before another from a node, both
// ways, until Heal.
func (f *Fleet) Partition(n *cucm.Node, from, to int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.partitions = append(f.partitions, partition{f.node(n), from, to})
	f.startKeepAlives()
}

// Heal ends all partitions and gives the network other properties.
func (f *Fleet) Heal(n Network) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.partitions = nil
	f.disturb(n)
	f.startKeepAlives()
}

// Disturb gives the network other properties. The times that phones take for
// their own work stay.
func (f *Fleet) Disturb(n Network) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.disturb(n)
}

func (f *Fleet) disturb(n Network) {
	own := f.config.Network
	n.Think, n.Block, n.Update, n.Attach = own.Think, own.Block, own.Update, own.Attach
	n.Check, n.Join, n.Spread = own.Check, own.Join, own.Spread
	f.config.Network = n
}

func (f *Fleet) reaches(phone uint32, n *node) bool {
	for _, p := range f.partitions {
		if p.node == n && p.from <= int(phone) && int(phone) < p.to {
			return false
		}
	}
	return true
}

func (f *Fleet) reachesAny(phone uint32) bool {
	if len(f.partitions) == 0 {
		return true
	}
	for _, n := range f.nodes {
		if f.reaches(phone, n) {
			return true
		}
	}
	return false
}

// connect draws how long a TCP connection to a service and a question take, or
// how long until the phone knows that there will be no answer.
func (f *Fleet) connect(i uint32, n *node, s cucm.Service, limit time.Duration) (time.Duration, error) {
	if n == nil || !f.reaches(i, n) {
		return limit, errNoRoute
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

// Why phones get no answer. What a real network's errors say does not reach
// phones either.
var (
	errNoAnswer = errors.New("no answer within five seconds")
	errLost     = errors.New("the network lost the connection")
	errNoRoute  = errors.New("no route to the host")
	errRefused  = errors.New("connection refused")
	errBusy     = errors.New("no handshake within ten seconds")
	errUnknown  = errors.New("404 Not Found")
)
