package cucm

import (
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"itlsim/cucm/ciscolog"
	"itlsim/internal/guess"
	"itlsim/sip"
)

// A Cluster is a publisher and its subscribers, made by [New] or [Open]. It is
// safe for concurrent use.
type Cluster struct {
	Phones

	config     Config
	nodes      []*Node
	dir        *stateDir // nil where nothing is kept
	collectors *ciscolog.Collectors
	ahead      atomic.Int64  // state.ahead, for Now without the lock
	signed     atomic.Uint64 // configurations
	guesses    guess.Gate    // of the administrator's password, on all nodes
	proven     proven

	// admin serialises what administrators do; mu guards the data below and the
	// nodes', and is never held while a service starts, stops or answers.
	admin   sync.Mutex
	mu      sync.RWMutex
	network Network
	// sharedSigned are the configurations among signed that devices share, see [Cluster.SharedSigned].
	sharedSigned map[string]uint64
	changes      uint64 // made so far to what configurations are made of, and to more
	state
	backups map[string]*draft // by name, of a cluster that keeps nothing on disk
}

func newCluster(cfg Config) (*Cluster, error) {
	cfg = cfg.withDefaults()
	if err := cfg.Check(); err != nil {
		return nil, err
	}
	if len(cfg.Nodes) > MaxNodes {
		return nil, fmt.Errorf("%d nodes: a cluster has at most %d", len(cfg.Nodes), MaxNodes)
	}
	collectors, err := ciscolog.Dial(cfg.Syslog)
	if err != nil {
		return nil, err
	}
	c := &Cluster{config: cfg, collectors: collectors, backups: make(map[string]*draft)}
	c.Phones.begin(c.Now, cfg.Clock.Now, c.log, c.serves)
	c.release, c.location, c.keyBits, c.digest = cfg.Release, cfg.Location, cfg.KeyBits, cfg.Digest
	return c, nil
}

// newNode adds a node that has nothing yet.
func (c *Cluster) newNode(s nodeState) *Node {
	n := &Node{cluster: c, index: len(c.nodes), nodeState: s, configs: make(map[deviceKind]currentConfigs)}
	n.log = ciscolog.New(c.collectors)
	c.nodes = append(c.nodes, n)
	return n
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
func (c *Cluster) Release() Release {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.release
}

// Changes is how often anything has changed of what the cluster's files and its TVS's answers
// are made of, or maybe: while it stays, so do they.
func (c *Cluster) Changes() uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.changes
}

// Location is what the names of the cluster's certificates share.
func (c *Cluster) Location() Location {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.location
}

// Now is the cluster's time: its clock's, and what `set date` made of it.
func (c *Cluster) Now() time.Time {
	return c.config.Clock.Now().Add(time.Duration(c.ahead.Load()))
}

// Dial reaches an SFTP server, host:port, from the cluster.
func (c *Cluster) Dial(address string) (net.Conn, error) { return c.config.Dial("tcp", address) }

// Counts of what the cluster did since it was installed or opened.
type Counts struct {
	ConfigsSigned uint64               // configuration files
	Alarms        uint64               // DeviceTLInfo received
	AlarmsBy      map[ITLStatus]uint64 // the same, by what they were found to say when they came
	Registrations uint64               // accepted, keep-alives included
}

// Counts are the counters as they stand.
func (c *Cluster) Counts() Counts {
	n := Counts{
		ConfigsSigned: c.signed.Load(), AlarmsBy: make(map[ITLStatus]uint64), Registrations: c.registrations.Load(),
	}
	for i, s := range alarmStatuses {
		n.AlarmsBy[s] = c.alarms[i].Load()
		n.Alarms += n.AlarmsBy[s]
	}
	return n
}

// serves reports whether a node with TFTP has this name and serves this list.
func (c *Cluster) serves(server string, list sip.Checksum) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	for _, n := range c.nodes {
		if n.list != nil && n.list.SHA1() == list && n.fqdn() == server {
			return true
		}
	}
	return false
}

// means are the cluster's.
func (c *Cluster) means() means { return means{c.config.Keys, c.config.Random, c.Now} }

// draft is a draft of the present state.
func (c *Cluster) draft() *draft {
	c.mu.RLock()
	defer c.mu.RUnlock()
	d := &draft{state: c.state, means: c.means()}
	for _, n := range c.nodes {
		host, _ := netip.ParseAddr(n.host())
		d.nodes, d.hosts = append(d.nodes, n.nodeState), append(d.hosts, host)
		d.off, d.before = append(d.off, n.down || n.before != nil), append(d.before, n.before)
	}
	return d.clone()
}

// change makes one administrator's change, or changes nothing.
func (c *Cluster) change(do func(*draft) error) error {
	c.admin.Lock()
	defer c.admin.Unlock()
	d := c.draft()
	if err := do(d); err != nil {
		return err
	}
	return c.commit(d)
}

// commit brings a draft into force. The caller has the admin lock.
func (c *Cluster) commit(d *draft) error {
	if c.dir != nil {
		if err := c.dir.save(d); err != nil {
			return fmt.Errorf("the change could not be kept, so it is not made: %w", err)
		}
	}
	c.take(d)
	c.raise(d.raised...)
	return nil
}

// take has a draft be the state in memory.
func (c *Cluster) take(d *draft) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.state = d.state
	c.changes++
	for i, n := range c.nodes {
		n.nodeState = d.nodes[i]
		n.log.SetHost(n.name, n.fqdn())
	}
	c.ahead.Store(int64(d.state.ahead))
}

// raise enters alarms into their nodes' logs and shows them to whoever watches.
// The caller may hold the admin lock.
func (c *Cluster) raise(raised ...occurrence) {
	for _, e := range raised {
		c.log(e)
	}
}

// log is raise of one alarm.
func (c *Cluster) log(e occurrence) {
	entry := c.nodes[e.node].log.Raise(e.alarm, e.at, e.details)
	if c.config.Logged != nil {
		c.config.Logged(entry)
	}
}
