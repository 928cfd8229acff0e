package virtual

import (
	"net"
	"slices"
	"strconv"
	"strings"

	"itlsim/cucm"
)

// node is a cluster's node and what its services are doing.
type node struct {
	*cucm.Node
	cluster *cucm.Cluster
	host    string
	up      []bool // its services, in the order of [cucm.Services]
	serving int    // TFTP transfers under way
	waiting []task // TFTP requests, in the order of arrival
	free    int64  // when its TVS has done all handshakes so far
}

// runs reports whether a service answers.
func (n *node) runs(s cucm.Service) bool { return n.up[slices.Index(cucm.Services, s)] }

func (f *Fleet) node(cn *cucm.Node) *node {
	for _, n := range f.nodes {
		if n.Node == cn {
			return n
		}
	}
	return nil
}

// nodeAt finds a node, and its index, by the address of a service, host:port. It
// is nil where there is none.
func (f *Fleet) nodeAt(address string) (uint8, *node) {
	host, _, whole := strings.Cut(address, ":") // all have IPv4 addresses
	for i, n := range f.nodes {
		if whole && n.host == host {
			return uint8(i), n
		}
	}
	return 0, nil
}

// Connect puts a cluster's services on the simulated network, each node at an
// address of its own, from 127.0.0.2 on, at standard ports. Its resets reach the
// fleet's phones.
func (f *Fleet) Connect(c *cucm.Cluster) {
	for _, cn := range c.Nodes() {
		host := net.IPv4(127, 0, 0, byte(len(f.nodes)+2)).String()
		f.join(c, cn, host, cn.Running)
	}
	c.Connect(f, func(cn *cucm.Node, s cucm.Service) string {
		return net.JoinHostPort(f.node(cn).host, strconv.Itoa(s.Port()))
	})
}

// join adds a node whose services run as it is told.
func (f *Fleet) join(c *cucm.Cluster, cn *cucm.Node, host string, runs func(cucm.Service) bool) {
	n := &node{Node: cn, cluster: c, host: host}
	for _, s := range cucm.Services {
		n.up = append(n.up, runs(s))
	}
	f.nodes = append(f.nodes, n)
}

// Start makes a service answer (cucm.Network).
func (f *Fleet) Start(n *cucm.Node, s cucm.Service) error { return f.set(n, s, true) }

// Stop makes a service silent; transfers under way may finish (cucm.Network).
func (f *Fleet) Stop(n *cucm.Node, s cucm.Service) error { return f.set(n, s, false) }

// Answers reports whether a service answers.
func (f *Fleet) Answers(n *cucm.Node, s cucm.Service) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.node(n).runs(s)
}

func (f *Fleet) set(cn *cucm.Node, s cucm.Service, up bool) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.node(cn)
	n.up[slices.Index(cucm.Services, s)] = up
	if s == cucm.CallManagerService {
		if !up {
			f.forgetPhones(n)
		}
		f.startKeepAlives()
	}
	return nil
}
