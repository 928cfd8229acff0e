package cucm

import (
	"fmt"
	"slices"
	"time"

	"itlsim/itl"
)

// Service is a network service as `utils service` names it.
type Service string

// The services that a node may run.
const (
	TFTPService Service = "Cisco Tftp"
	TVSService  Service = "Cisco Trust Verification Service"
)

// A Node is one server of a cluster. Its data is guarded by the cluster's lock.
type Node struct {
	cluster *Cluster
	name    string
	keyBits map[Unit]int
	// recoveryName is empty where the node's own name decides
	recoveryName string

	certs     map[Unit]*Certificate
	list      *itl.List    // as it is served; nil on a subscriber without TFTP
	recovery  *Certificate // ITLRECOVERY as of the last TFTP start
	activated map[Service]bool
	running   map[Service]bool
	addresses map[Service]string // host:port, once reachable
	configs   map[string]signedConfig
}

// A Certificate is one of a node's own, with its key.
type Certificate struct {
	itl.Signer
	Modified time.Time // zero for one made at the installation
}

// Name is the host name.
func (n *Node) Name() string { return n.name }

// FQDN is the host name with the cluster's domain.
func (n *Node) FQDN() string {
	if n.cluster.config.Domain == "" {
		return n.name
	}
	return n.name + "." + n.cluster.config.Domain
}

// Publisher reports whether the node is the publisher.
func (n *Node) Publisher() bool { return n == n.cluster.nodes[0] }

// Running reports whether a service is up.
func (n *Node) Running(s Service) bool {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.running[s]
}

// Address is where a service is reached, host:port; "" before it listens.
func (n *Node) Address(s Service) string {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.addresses[s]
}

// Certificate is the node's present certificate of a unit.
func (n *Node) Certificate(u Unit) *Certificate {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.certs[u]
}

// ITL is the trust list that the node serves, nil where it has none.
func (n *Node) ITL() *itl.List {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.list
}

// newCertificate makes a certificate of the unit without installing it.
func (n *Node) newCertificate(unit Unit) (*Certificate, error) {
	c := n.cluster
	bits := c.config.KeyBits
	if b, ok := n.keyBits[unit]; ok {
		bits = b
	}
	key, err := c.config.Keys.Key(bits)
	if err != nil {
		return nil, fmt.Errorf("%s certificate of %s: %w", unit, n.name, err)
	}
	now := c.Now()
	cn := n.FQDN()
	switch unit {
	case ITLRecovery:
		if cn = "ITLRECOVERY_" + cn; n.recoveryName != "" {
			cn = n.recoveryName
		}
	case CAPFUnit:
		id := make([]byte, 4)
		if _, err := c.config.Random.Read(id); err != nil {
			return nil, fmt.Errorf("CAPF certificate of %s: %w", n.name, err)
		}
		cn = fmt.Sprintf("CAPF-%x", id)
	}
	signer, err := NewCertificate(unit, c.config.Location.name(cn), key, now, c.config.Random)
	if err != nil {
		return nil, err
	}
	return &Certificate{Signer: signer}, nil
}

// install puts a certificate into use and makes it known to every TVS, where
// earlier ones stay known.
func (n *Node) install(unit Unit, cert *Certificate, modified time.Time) {
	cert.Modified = modified
	n.certs[unit] = cert
	n.cluster.know(unit, cert)
}

// template lists the node's records in CUCM's order: own CallManager as SAST
// and as TFTP, the publisher's CAPF and TVS, ITLRECOVERY, each subscriber's TVS
// (M1, M2; order as in a real `show itl`).
func (n *Node) template() itl.Template {
	c, pub := n.cluster, n.cluster.nodes[0]
	own := n.certs[CallManager].Certificate
	records := []itl.Record{
		itl.FullRecord(itl.SAST, own),
		itl.FullRecord(itl.TFTP, own),
		itl.HashRecord(itl.CAPF, pub.certs[CAPFUnit].Certificate),
	}
	for i, node := range c.nodes {
		if node.activated[TVSService] {
			records = append(records, itl.HashRecord(itl.TVS, node.certs[TVSUnit].Certificate))
		}
		if i == 0 {
			records = append(records, itl.FullRecord(itl.SAST, n.recovery.Certificate))
		}
	}
	return itl.Template{Filename: itl.ITLFilename, Timestamp: c.Now(), Digest: c.config.Digest, Records: records}
}

// buildsList reports whether the node keeps a list: where TFTP runs, and on the
// publisher even without, since the reset takes its list.
func (n *Node) buildsList() bool { return n.running[TFTPService] || n.Publisher() }

// rebuild builds and signs the lists of nodes anew, all or none. At a start of
// TFTP the list takes up a regenerated ITLRecovery certificate (M14); otherwise
// it keeps the one it has. The caller holds the lock, or has the cluster for
// itself.
func (c *Cluster) rebuild(start bool, nodes ...*Node) error {
	lists := make([]*itl.List, len(nodes))
	before := make([]*Certificate, len(nodes))
	for i, n := range nodes {
		if !n.buildsList() {
			continue
		}
		before[i] = n.recovery
		if start {
			n.recovery = c.nodes[0].certs[ITLRecovery]
		}
		list, err := n.template().Sign(n.certs[CallManager].Signer)
		if err != nil {
			for j := range slices.Backward(nodes[:i+1]) {
				nodes[j].recovery = before[j]
			}
			return fmt.Errorf("ITL of %s: %w", n.name, err)
		}
		lists[i] = list
	}
	for i, n := range nodes {
		if lists[i] != nil {
			n.list = lists[i]
		}
	}
	return nil
}
