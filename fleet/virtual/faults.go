package virtual

import (
	"crypto/tls"
	"net"
	"os"
	"syscall"
	"time"

	"itlsim/cucm"
	"itlsim/fleet/network"
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
	f.startKeepAlives()
}

// Impair puts the network into a condition, besides what its own properties do.
func (f *Fleet) Impair(c network.Condition) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.condition = c
	f.startKeepAlives()
}

// between is the network between a phone and a service of a node, nil for none.
func (f *Fleet) between(i uint32, n *node, s cucm.Service) *Network {
	if n == nil || f.condition.Sound() {
		return &f.config.Network
	}
	site := ""
	if f.config.Site != nil {
		site = f.config.Site(int(i))
	}
	return f.config.Network.disturbed(f.condition.Between(site, n.Address(s)))
}

func (f *Fleet) reaches(phone uint32, n *node) bool {
	for _, p := range f.partitions {
		if p.node == n && p.from <= int(phone) && int(phone) < p.to {
			return false
		}
	}
	return true
}

// exchange draws how long so many flights of TCP between a phone and a service
// take, or how long until the phone knows that there will be no answer. Where the
// service is stopped, the first answer says so.
func (f *Fleet) exchange(
	i uint32, n *node, s cucm.Service, flights int, within time.Duration,
) (time.Duration, error) {
	if n == nil || !f.reaches(i, n) {
		return within, errNoRoute
	}
	if !n.runs(s) {
		flights = network.Opening
	}
	took := f.between(i, n, s).flights(&f.slots[i].chance, flights)
	switch {
	case took > within:
		return within, errLost
	case !n.runs(s):
		return took, errRefused
	}
	return took, nil
}

// Why phones get no answer: what sockets say, so that stories have the same words
// in both modes. Whoever is cut off notices only that time runs out.
var (
	errNoAnswer = &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}
	errLost     = &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}
	errNoRoute  = &net.OpError{Op: "dial", Net: "tcp", Err: os.ErrDeadlineExceeded}
	errRefused  = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}

	errNoCertificate  = &net.OpError{Op: "remote error", Err: tls.AlertError(40)} // handshake_failure (RFC 5246, 7.4.6)
	errBadCertificate = &net.OpError{Op: "remote error", Err: tls.AlertError(42)} // bad_certificate (RFC 5246, 7.2.2)
)
