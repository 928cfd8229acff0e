package cucm

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"itlsim/cnf"
	"itlsim/itl"
)

// state is what a cluster keeps that belongs to no single node. With the nodes'
// it is everything that an administrator may change and that outlives a restart
// of the program. What a map or slice in it holds is never changed in place.
type state struct {
	store    []vouched // certificates that every TVS knows
	settings cnf.Settings
	revision int  // of the configurations
	rollback bool // see [Cluster.PrepareForRollback]

	login       login  // of the administrator
	p12Password string // that protects ITLRecovery.p12, see [P12Password]
	ahead       time.Duration
	monitor     monitor
}

// nodeState is what a cluster keeps of a node.
type nodeState struct {
	name, domain string
	home         string // host name at the installation, by which the log is found
	keyBits      map[Unit]int
	// recoveryName is empty where the node's own name decides
	recoveryName string

	certs     map[Unit]*Certificate
	list      *itl.List    // as it is served; nil on a subscriber without TFTP
	recovery  *Certificate // ITLRECOVERY as of the last TFTP start
	p12       []byte       // ITLRecovery.p12, on the publisher
	activated map[Service]bool
	running   map[Service]bool
	hostKey   []byte            // seed of the SSH host key
	known     map[string]string // SSH servers' host keys, by host:port
}

// A draft is a copy of the state that a change works on. It comes into force at
// once, on all nodes and on disk, when the change has succeeded; until then
// nothing has changed anywhere.
type draft struct {
	state
	cluster *Cluster
	nodes   []nodeState
	events  []event // logged when the draft comes into force
}

func (c *Cluster) draft() *draft {
	c.mu.RLock()
	defer c.mu.RUnlock()
	d := &draft{state: c.state, cluster: c}
	for _, n := range c.nodes {
		d.nodes = append(d.nodes, n.nodeState)
	}
	return d.clone()
}

// clone is a draft of its own, without the events.
func (d *draft) clone() *draft {
	e := &draft{state: d.state, cluster: d.cluster, nodes: slices.Clone(d.nodes)}
	e.store = slices.Clip(e.store)
	for i := range e.nodes {
		s := &e.nodes[i]
		s.certs, s.running, s.known = maps.Clone(s.certs), maps.Clone(s.running), maps.Clone(s.known)
	}
	return e
}

// node is the node's part of the draft.
func (d *draft) node(n *Node) *nodeState { return &d.nodes[n.index] }

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
	c.mu.Lock()
	c.state = d.state
	for i, n := range c.nodes {
		n.nodeState = d.nodes[i]
		n.log.SetHost(n.name, n.fqdn())
	}
	c.mu.Unlock()
	c.ahead.Store(int64(d.state.ahead))
	c.raiseAll(d.events)
	return nil
}

// login is a password, salted and hashed.
type login struct{ Salt, Hash []byte }

const loginRounds = 4096

func newLogin(password string, random io.Reader) (login, error) {
	l := login{Salt: make([]byte, 16)}
	if _, err := io.ReadFull(random, l.Salt); err != nil {
		return l, err
	}
	var err error
	l.Hash, err = pbkdf2.Key(sha256.New, password, l.Salt, loginRounds, sha256.Size)
	return l, err
}

func (l login) is(password string) bool {
	hash, err := pbkdf2.Key(sha256.New, password, l.Salt, loginRounds, sha256.Size)
	return err == nil && subtle.ConstantTimeCompare(hash, l.Hash) == 1
}

// CheckPassword reports whether the password is the administrator's: the
// login's and the CCM Administrator's in one.
func (c *Cluster) CheckPassword(password string) bool {
	c.mu.RLock()
	l := c.login
	c.mu.RUnlock()
	return l.is(password)
}

// SetPassword changes the administrator's password.
func (c *Cluster) SetPassword(password string) error {
	l, err := newLogin(password, c.config.Random)
	if err != nil {
		return err
	}
	return c.change(func(d *draft) error {
		d.login = l
		return nil
	})
}
