package cucm

import (
	"crypto/rand"
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"itlsim/itl"
	"itlsim/phone"
)

// A Clock tells the cluster's time.
type Clock interface{ Now() time.Time }

// Config describes a cluster to be installed.
type Config struct {
	Nodes    []NodeConfig // the publisher first
	Domain   string       // "joemar2.lab"
	Location Location
	KeyBits  int        // of every certificate: 1024, 2048 (default) or 4096
	Digest   itl.Digest // TFTP File Signature Algorithm; SHA-1 by default
	Password string     // of the administrator, both the login's and the CCM Administrator's

	Clock  Clock
	Keys   KeySource // GeneratedKeys by default
	Random io.Reader // serial numbers; crypto/rand by default
}

// NodeConfig describes one node.
type NodeConfig struct {
	Name      string
	TFTP, TVS bool         // services activated
	KeyBits   map[Unit]int // where they differ from the cluster's
	// RecoveryName is the common name of the ITLRecovery certificate, where it is
	// not ITLRECOVERY_ and the node's name: it outlives a change of names (M3).
	RecoveryName string
}

// Cisco117598 is the cluster of Cisco document 117598: test10pub and test10sub
// in joemar2.lab, both with TFTP and TVS.
func Cisco117598() Config {
	return Config{
		Nodes:    []NodeConfig{{Name: "test10pub", TFTP: true, TVS: true}, {Name: "test10sub", TFTP: true, TVS: true}},
		Domain:   "joemar2.lab",
		Location: Location{Organization: "cisco", Unit: "tac", Locality: "rtp", State: "nc", Country: "US"},
	}
}

// A Cluster is a publisher and its subscribers. It is safe for concurrent use.
type Cluster struct {
	config Config
	nodes  []*Node

	// admin serialises what administrators do; mu guards the data below and the
	// nodes', and is never held while a service starts, stops or answers.
	admin   sync.Mutex
	mu      sync.RWMutex
	network Network
	phones  Phones

	store    []vouched // certificates that every TVS knows
	devices  map[string]*Device
	settings phone.Settings
	revision int // of the configurations

	registered map[string]bool
	reports    map[string]Report
	counts     struct{ signed, alarms, registrations atomic.Uint64 }
}

// Phones is how a cluster reaches its phones.
type Phones interface {
	// Reset tells phones to boot again. It does not wait for them.
	Reset(devices []string)
}

// A Network makes the services of nodes reachable.
type Network interface {
	Start(*Node, Service) error
	Stop(*Node, Service) error
}

// New installs a cluster: certificates for every node, and the first ITLs.
func New(cfg Config) (*Cluster, error) {
	if len(cfg.Nodes) == 0 {
		return nil, fmt.Errorf("a cluster needs at least a publisher")
	}
	if cfg.KeyBits == 0 {
		cfg.KeyBits = 2048
	}
	if cfg.Digest == 0 {
		cfg.Digest = itl.SHA1
	}
	if cfg.Keys == nil {
		cfg.Keys = GeneratedKeys{}
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	c := &Cluster{
		config: cfg, devices: make(map[string]*Device),
		settings:   phone.Settings{SettingsAccess: true},
		registered: make(map[string]bool), reports: make(map[string]Report),
	}
	for _, nc := range cfg.Nodes {
		if _, ok := c.Node(nc.Name); ok {
			return nil, fmt.Errorf("two nodes are named %s", nc.Name)
		}
		n := &Node{cluster: c, name: nc.Name, keyBits: nc.KeyBits, recoveryName: nc.RecoveryName, certs: make(map[Unit]*Certificate), configs: make(map[string]signedConfig), running: make(map[Service]bool)}
		n.running[TFTPService], n.running[TVSService] = nc.TFTP, nc.TVS
		n.activated = map[Service]bool{TFTPService: nc.TFTP, TVSService: nc.TVS}
		c.nodes = append(c.nodes, n)
		for _, unit := range Units {
			cert, err := n.newCertificate(unit)
			if err != nil {
				return nil, err
			}
			n.install(unit, cert, time.Time{})
		}
	}
	return c, c.rebuild(true, c.nodes...)
}

// Attach tells the cluster how to reach its phones.
func (c *Cluster) Attach(p Phones) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.phones = p
}

// Nodes are the publisher and the subscribers in the order they joined.
func (c *Cluster) Nodes() []*Node { return c.nodes }

// Publisher is the first node.
func (c *Cluster) Publisher() *Node { return c.nodes[0] }

// Node finds a node by its host name.
func (c *Cluster) Node(name string) (*Node, bool) {
	for _, n := range c.nodes {
		if n.name == name {
			return n, true
		}
	}
	return nil, false
}

// Now is the cluster's time.
func (c *Cluster) Now() time.Time { return c.config.Clock.Now() }

// Password is the administrator's.
func (c *Cluster) Password() string { return c.config.Password }

// ResetPhones resets all registered phones: System > Enterprise Parameters >
// Reset, and what a regeneration of a certificate in the ITL does by itself.
// Phones that are not registered miss it.
func (c *Cluster) ResetPhones() {
	c.mu.RLock()
	devices := make([]string, 0, len(c.registered))
	for name := range c.registered {
		devices = append(devices, name)
	}
	phones := c.phones
	c.mu.RUnlock()
	if phones != nil {
		phones.Reset(devices)
	}
}
