package cucm

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"

	"itlsim/cnf"
	"itlsim/cucm/ciscolog"
)

// New installs a cluster that is kept nowhere: certificates for every node, and the
// first ITLs.
func New(cfg Config) (*Cluster, error) {
	c, err := newCluster(cfg)
	if err != nil {
		return nil, err
	}
	if err := c.install(); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// install makes all that a cluster has at first.
func (c *Cluster) install() error {
	cfg := &c.config
	if len(cfg.Nodes) == 0 {
		return errors.New("a cluster needs at least a publisher")
	}
	for _, nc := range cfg.Nodes {
		if _, ok := c.Node(nc.Name); ok {
			return fmt.Errorf("two nodes are named %s", nc.Name)
		}
		activated := map[Service]bool{
			TFTPService: nc.TFTP, TVSService: nc.TVS, CallManagerService: true, TomcatService: true,
		}
		c.newNode(nodeState{
			name: nc.Name, home: nc.Name, domain: cfg.Domain, keyBits: nc.KeyBits, recoveryName: nc.RecoveryName,
			activated: activated, running: maps.Clone(activated), active: cfg.Release.Facts().Builds[0],
		})
	}
	return c.change(func(d *draft) error {
		d.settings = cnf.Settings{SettingsAccess: true}
		d.p12Password = P12Password(cfg.Security)
		d.monitor = monitor{Ran: c.Now()}
		var err error
		if d.login, err = newLogin(cfg.Password, cfg.Random); err != nil {
			return err
		}
		for i := range d.nodes {
			d.boots(i)
			if err := d.installNode(i); err != nil {
				return err
			}
		}
		if err := d.protect(); err != nil {
			return err
		}
		err = d.rebuild(true, d.every()...)
		d.raised = nil // nobody watches an installation
		return err
	})
}

// Open brings up the cluster that is kept in a directory, or installs the one
// that cfg describes and keeps it there. Coming up is no start of TFTP: what
// was served is served. Of cfg a kept cluster takes Clock, Keys, Random, Dial,
// SendMail, Syslog and Logged, and the Password if there is one; the rest is as it
// was kept. Nothing else may use the directory until [Cluster.Close]. A directory that
// cannot be used is a [*StateError], and is left as it is.
func Open(dir string, cfg Config) (*Cluster, error) {
	c, err := newCluster(cfg)
	if err != nil {
		return nil, err
	}
	if err := c.open(dir); err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

func (c *Cluster) open(dir string) (err error) {
	if c.dir, err = openDir(dir); err != nil {
		return err
	}
	d, err := c.dir.load(c.config.Generation)
	if err != nil {
		return err
	}
	if d == nil {
		err = c.install()
	} else {
		err = c.resume(d)
	}
	if err != nil {
		return err
	}
	for _, n := range c.nodes {
		log, err := ciscolog.Open(filepath.Join(dir, logDir, n.home, ciscolog.File), c.collectors)
		if err != nil {
			return err
		}
		log.SetHost(n.Name(), n.FQDN())
		n.log = log
	}
	return nil
}

// resume takes up a state that was kept.
func (c *Cluster) resume(d *draft) error {
	c.state = d.state
	c.ahead.Store(int64(d.state.ahead))
	for _, n := range d.nodes {
		if n.booted.IsZero() { // earlier versions did not keep it
			n.booted = c.Now()
		}
		c.newNode(n)
	}
	if password := c.config.Password; password != "" && !c.login.is(password) {
		return c.SetPassword(password)
	}
	return nil
}

// Close lets go of the state directory and the logs. The services are closed by
// whoever made them listen.
func (c *Cluster) Close() error {
	c.admin.Lock()
	defer c.admin.Unlock()
	_ = c.collectors.Close()
	for _, n := range c.nodes {
		_ = n.log.Close() // each entry is written when it comes
	}
	if c.dir == nil {
		return nil
	}
	return c.dir.close()
}
