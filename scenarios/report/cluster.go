package report

import (
	"itlsim/cucm"
	"itlsim/lab"
)

// A Cluster is one as it was when the run began.
type Cluster struct {
	Release string `json:"release"`
	Mixed   bool   `json:"mixed_mode"` // there is a CTL
	Nodes   []Node `json:"nodes"`      // the publisher first
}

// A Node is one of a cluster's.
type Node struct {
	Name    string `json:"name"`
	Role    string `json:"role"` // publisher, subscriber
	Version string `json:"version"`
	// KeyBits are the sizes of its certificates' keys, by certificate.
	KeyBits map[cucm.Unit]int `json:"key_bits"`
}

// ClustersOf are those of a lab at present, the setup's own first.
func ClustersOf(l *lab.Lab) []Cluster {
	var all []Cluster
	for _, c := range l.Clusters() {
		is := Cluster{Release: string(c.Release()), Mixed: c.SecurityMode() == cucm.Mixed}
		for _, n := range c.Nodes() {
			is.Nodes = append(is.Nodes, nodeOf(n))
		}
		all = append(all, is)
	}
	return all
}

func nodeOf(n *cucm.Node) Node {
	is := Node{Name: n.Name(), Role: n.Role(), KeyBits: make(map[cucm.Unit]int)}
	is.Version, _ = n.Versions()
	for u, c := range n.Certificates() {
		is.KeyBits[u] = c.Bits()
	}
	return is
}
