package cucm

import (
	"cmp"
	"crypto/tls"
	"slices"
)

// MinTLS are the oldest versions of TLS that a node takes, as crypto/tls numbers
// them: as a server, its TVS and tomcat among others, and as a client. Zero is 1.0.
// The command line sets both at once or each (security guide 15).
type MinTLS struct{ Server, Client uint16 }

// withDefaults has 1.0 for what is not set.
func (m MinTLS) withDefaults() MinTLS {
	return MinTLS{cmp.Or(m.Server, tls.VersionTLS10), cmp.Or(m.Client, tls.VersionTLS10)}
}

// MinTLS are the node's, none of them zero.
func (n *Node) MinTLS() MinTLS {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.minTLS.withDefaults()
}

// TakesTLS reports whether who speaks no newer TLS than this version has one in common with
// the node's servers.
func (n *Node) TakesTLS(newest uint16) bool { return newest >= n.MinTLS().Server }

// SetMinTLS changes those that are not zero and restarts the node (which a node asks
// for, as remembered). A version that the release cannot be set to is a
// [*TLSError].
func (n *Node) SetMinTLS(to MinTLS) error {
	n.cluster.admin.Lock()
	defer n.cluster.admin.Unlock()
	d := n.cluster.draft()
	s := &d.nodes[n.index]
	for _, version := range []uint16{to.Server, to.Client} {
		if known := s.facts().MinTLS; version != 0 && !slices.Contains(known, version) {
			return &TLSError{Version: version, Known: known}
		}
	}
	s.minTLS = MinTLS{cmp.Or(to.Server, s.minTLS.Server), cmp.Or(to.Client, s.minTLS.Client)}
	return n.bootBy(d)
}
