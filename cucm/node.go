package cucm

import (
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"itlsim/cnf"
	"itlsim/cucm/ciscolog"
	"itlsim/itl"
	"itlsim/sip"
	"itlsim/tftp"
	"itlsim/tvs"
)

// Service is a network service as `utils service` names it.
type Service string

// The services that a node may run.
const (
	TFTPService Service = "Cisco Tftp"
	TVSService  Service = "Cisco Trust Verification Service"
	// on every node
	CallManagerService Service = "Cisco CallManager"
	TomcatService      Service = "Cisco Tomcat" // the corporate directory
)

// Port is the service's standard port. [TFTPService] answers HTTP, too, on
// [tftp.HTTPPort].
func (s Service) Port() int {
	switch s {
	case TFTPService:
		return tftp.Port
	case TVSService:
		return tvs.Port
	case CallManagerService:
		return sip.Port
	case TomcatService:
		return cnf.DirectoryPort
	}
	return 0
}

// Services are all that a node may run.
var Services = []Service{TFTPService, TVSService, CallManagerService, TomcatService}

// A Node is one server of a cluster. Its data is guarded by the cluster's lock.
type Node struct {
	cluster *Cluster
	index   int
	nodeState

	down      bool               // without power
	addresses map[Service]string // host:port, once reachable
	configs   map[string]signedConfig
	faults    atomic.Pointer[Faults]
	without   Registration // what phones share that register without SIP
	log       *ciscolog.Log
}

// A Certificate is one of a node's own, with its key.
type Certificate struct {
	itl.Signer
	Modified time.Time // zero for one made at the installation
}

// Cluster is the node's.
func (n *Node) Cluster() *Cluster { return n.cluster }

// Name is the host name.
func (n *Node) Name() string {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.name
}

// FQDN is the host name with the node's domain.
func (n *Node) FQDN() string {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.fqdn()
}

func (n *nodeState) fqdn() string {
	if n.domain == "" {
		return n.name
	}
	return n.name + "." + n.domain
}

// Publisher reports whether the node is the publisher.
func (n *Node) Publisher() bool { return n == n.cluster.nodes[0] }

// Running reports whether a service is up.
func (n *Node) Running(s Service) bool {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.running[s] && !n.down
}

// Address is where a service is reached, host:port; "" before it listens.
func (n *Node) Address(s Service) string {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.addresses[s]
}

// SetAddress records where a service listens, host:port: a [Network] that chose
// the port does so.
func (n *Node) SetAddress(s Service, address string) {
	n.cluster.mu.Lock()
	defer n.cluster.mu.Unlock()
	n.addresses[s] = address
}

// Certificate is the node's present certificate of a unit.
func (n *Node) Certificate(u Unit) *Certificate {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.certs[u]
}

// ResetSigner is the certificate whose key `utils itl reset localkey` signs the
// node's list with: the publisher's ITLRecovery (M7), or from release 12.0 on the
// node's own CallManager.
func (n *Node) ResetSigner() *Certificate {
	if n.cluster.config.Release.recoverySigns() {
		return n.Certificate(CallManager)
	}
	return n.cluster.Publisher().Certificate(ITLRecovery)
}

// ITL is the trust list that the node serves, nil where it has none.
func (n *Node) ITL() *itl.List {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.list
}

// newCertificate makes a certificate of the unit without installing it.
func (d *draft) newCertificate(node *Node, unit Unit) (*Certificate, error) {
	c, n := d.cluster, d.node(node)
	bits := c.config.KeyBits
	if b, ok := n.keyBits[unit]; ok {
		bits = b
	}
	key, err := c.config.Keys.Key(bits)
	if err != nil {
		return nil, fmt.Errorf("%s certificate of %s: %w", unit, n.name, err)
	}
	cn := n.fqdn()
	switch unit {
	case ITLRecovery:
		if cn = RecoveryPrefix + cn; n.recoveryName != "" {
			cn = n.recoveryName
		}
	case CAPFUnit:
		id := make([]byte, 4)
		if _, err := io.ReadFull(c.config.Random, id); err != nil {
			return nil, fmt.Errorf("CAPF certificate of %s: %w", n.name, err)
		}
		cn = fmt.Sprintf("CAPF-%x", id)
	}
	signer, err := NewCertificate(unit, c.config.Location.name(cn), key, c.Now(), c.config.Random)
	if err != nil {
		return nil, err
	}
	return &Certificate{Signer: signer}, nil
}

// install puts a certificate into use and makes it known to every TVS, where
// earlier ones stay known.
func (d *draft) install(node *Node, unit Unit, cert *Certificate, modified time.Time) {
	cert.Modified = modified
	d.node(node).certs[unit] = cert
	d.know(unit, cert)
}

// Bits is the size of the certificate's key.
func (c *Certificate) Bits() int {
	if key, ok := c.Certificate.PublicKey.(*rsa.PublicKey); ok {
		return key.N.BitLen()
	}
	return 0
}

// AdminUser is the administrator's name at a login.
const AdminUser = "admin"

// HostKey is the private key of the node's SSH server.
func (n *Node) HostKey() ed25519.PrivateKey {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return ed25519.NewKeyFromSeed(n.hostKey)
}
