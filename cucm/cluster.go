package cucm

import (
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"maps"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"itlsim/cnf"
	"itlsim/cucm/ciscolog"
	"itlsim/itl"
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
	Security string     // the cluster security password, which ITLRecovery.p12's is derived from
	Release  Release    // Release10 by default
	// AutoRegister enters phones into the database that ask a node for their
	// configuration: that node is the first of their CallManager Group. Real
	// auto-registration goes by XMLDefault.cnf.xml and a registration first.
	AutoRegister bool
	Syslog       []string // collectors of the application log, host:port of UDP
	// Logged, where not nil, is shown each entry of the nodes' application logs. It
	// must return at once and not call the cluster, whose lock may be held.
	Logged func(ciscolog.Entry)
	// Dial reaches SFTP servers; by default over the real network.
	Dial func(network, address string) (net.Conn, error)
	// SendMail hands an e-mail to a mail server, host:port, as wire.Mailer does.
	// Where it is nil every notification fails.
	SendMail func(server string, m Mail) error

	Clock  Clock
	Keys   KeySource // GeneratedKeys by default
	Random io.Reader // serial numbers; crypto/rand by default

	// SharedConfigurations has a node sign one configuration for all phones of a
	// CallManager Group, written for [FleetDevice], instead of one for each. For a
	// simulation of a million phones, where a million signatures would measure
	// nothing else; real nodes never do it.
	SharedConfigurations bool
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
	dir    *stateDir // nil where nothing is kept
	// collectors of the nodes' logs
	collectors *ciscolog.Collectors
	ahead      atomic.Int64 // state.ahead, for Now without the lock

	// admin serialises what administrators do; mu guards the data below and the
	// nodes', and is never held while a service starts, stops or answers.
	admin   sync.Mutex
	mu      sync.RWMutex
	network Network

	state
	backups map[string]*draft // by name, of a cluster that keeps nothing on disk

	records  records
	holdings map[holding]*holding
	counts   struct{ signed, alarms, registrations atomic.Uint64 }
}

// New installs a cluster that lives as long as the program: certificates for
// every node, and the first ITLs.
func New(cfg Config) (*Cluster, error) {
	c, err := newCluster(cfg)
	if err != nil {
		return nil, err
	}
	return c, c.install()
}

func newCluster(cfg Config) (*Cluster, error) {
	if cfg.KeyBits == 0 {
		cfg.KeyBits = 2048
	}
	if cfg.Digest == 0 {
		cfg.Digest = itl.SHA1
	}
	if cfg.Release == "" {
		cfg.Release = Release10
	}
	if cfg.Keys == nil {
		cfg.Keys = GeneratedKeys{}
	}
	if cfg.Dial == nil {
		cfg.Dial = (&net.Dialer{Timeout: 10 * time.Second}).Dial
	}
	if cfg.Random == nil {
		cfg.Random = rand.Reader
	}
	if err := cfg.Release.check(); err != nil {
		return nil, err
	}
	collectors, err := ciscolog.Dial(cfg.Syslog)
	if err != nil {
		return nil, err
	}
	return &Cluster{
		config: cfg, collectors: collectors, backups: make(map[string]*draft),
		records: newRecords(), holdings: make(map[holding]*holding),
	}, nil
}

// install makes all that a cluster has at first.
func (c *Cluster) install() error {
	cfg := c.config
	if len(cfg.Nodes) == 0 {
		return fmt.Errorf("a cluster needs at least a publisher")
	}
	for i, nc := range cfg.Nodes {
		if _, ok := c.Node(nc.Name); ok {
			return fmt.Errorf("two nodes are named %s", nc.Name)
		}
		n := c.newNode(i)
		n.name, n.home, n.domain, n.keyBits, n.recoveryName = nc.Name, nc.Name, cfg.Domain, nc.KeyBits, nc.RecoveryName
		n.activated = map[Service]bool{TFTPService: nc.TFTP, TVSService: nc.TVS, CallManagerService: true, TomcatService: true}
		n.running = maps.Clone(n.activated)
	}
	return c.change(func(d *draft) error {
		d.settings = cnf.Settings{SettingsAccess: true}
		d.p12Password = P12Password(cfg.Security)
		d.monitor = monitor{BackupDue: true, Ran: c.Now()}
		var err error
		if d.login, err = newLogin(cfg.Password, cfg.Random); err != nil {
			return err
		}
		for _, n := range c.nodes {
			if err := d.installNode(n); err != nil {
				return err
			}
		}
		if err := d.protect(); err != nil {
			return err
		}
		err = d.rebuild(true, c.nodes...)
		d.events = nil // an installation is no change that anyone watches
		return err
	})
}

// newNode adds a node that has nothing yet.
func (c *Cluster) newNode(index int) *Node {
	n := &Node{cluster: c, index: index, configs: make(map[string]signedConfig), log: ciscolog.New(c.collectors)}
	n.without = Registration{Node: n}
	c.nodes = append(c.nodes, n)
	return n
}

// installNode gives a node its keys, as an installation does.
func (d *draft) installNode(n *Node) error {
	s, cfg := d.node(n), &d.cluster.config
	s.hostKey, s.known, s.list, s.recovery = make([]byte, ed25519.SeedSize), make(map[string]string), nil, nil
	s.certs = make(map[Unit]*Certificate)
	if _, err := io.ReadFull(cfg.Random, s.hostKey); err != nil {
		return fmt.Errorf("SSH host key of %s: %w", s.name, err)
	}
	for _, unit := range Units {
		if unit == ITLRecovery && n.index > 0 && cfg.Release.sharesRecovery() {
			s.certs[unit] = d.nodes[0].certs[unit]
			continue
		}
		cert, err := d.newCertificate(n, unit)
		if err != nil {
			return err
		}
		d.install(n, unit, cert, time.Time{})
	}
	return nil
}

// Nodes are the publisher and the subscribers in the order they joined.
func (c *Cluster) Nodes() []*Node { return c.nodes }

// Publisher is the first node.
func (c *Cluster) Publisher() *Node { return c.nodes[0] }

// Node finds a node by its host name.
func (c *Cluster) Node(name string) (*Node, bool) {
	for _, n := range c.nodes {
		if n.Name() == name {
			return n, true
		}
	}
	return nil, false
}

// Release is the cluster's.
func (c *Cluster) Release() Release { return c.config.Release }

// Location is what the names of the cluster's certificates share.
func (c *Cluster) Location() Location { return c.config.Location }

// Dial reaches an SFTP server, host:port, from the cluster.
func (c *Cluster) Dial(address string) (net.Conn, error) { return c.config.Dial("tcp", address) }

// Now is the cluster's time: its clock's, and what `set date` made of it.
func (c *Cluster) Now() time.Time {
	return c.config.Clock.Now().Add(time.Duration(c.ahead.Load()))
}
