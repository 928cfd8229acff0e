package cucm

import (
	"maps"
	"regexp"
	"slices"
	"time"
)

var backupName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// Backup keeps a copy of the cluster's state under a name, as the Disaster
// Recovery System does: the recovery key is in it, yet the daily alert goes on
// (M16).
func (c *Cluster) Backup(name string) error {
	if !backupName.MatchString(name) {
		return &NameError{Name: name, Sort: "name for a backup"}
	}
	c.admin.Lock()
	defer c.admin.Unlock()
	if c.dir != nil {
		return c.dir.backup(name, c.draft())
	}
	c.backups[name] = c.draft()
	return nil
}

// Backups are the names of the backups, in order.
func (c *Cluster) Backups() []string {
	c.admin.Lock()
	defer c.admin.Unlock()
	if c.dir != nil {
		return c.dir.backups()
	}
	return slices.Sorted(maps.Keys(c.backups))
}

// Restore brings a backup's state back on all nodes, names, keys and passwords
// included, and starts their services anew. The clock stays as it is. Old lists
// come back with the old keys (M20), but signed anew.
func (c *Cluster) Restore(name string) error {
	c.admin.Lock()
	defer c.admin.Unlock()
	d, now := c.backups[name], c.draft()
	if c.dir != nil {
		var err error
		if d, err = c.dir.restore(name, c); err != nil {
			return err
		}
	}
	if d == nil {
		return &NoBackupError{Name: name}
	}
	d = d.clone()
	d.ahead, d.revision = now.ahead, max(d.revision, now.revision)
	return c.reinstall(d)
}

// reinstall brings a draft into force whose nodes have been set up anew.
func (c *Cluster) reinstall(d *draft) error {
	d.revision++ // whatever is signed already is stale
	if err := d.rebuild(true, c.nodes...); err != nil {
		return err
	}
	for _, n := range c.nodes {
		for _, s := range n.Services() {
			if err := c.stop(n, s); err != nil {
				return err
			}
		}
	}
	err := c.commit(d)
	for _, n := range c.nodes {
		for _, s := range n.Services() {
			if n.Running(s) {
				if serr := c.start(n, s); serr != nil && err == nil {
					err = serr
				}
			}
		}
	}
	return err
}

// RebuildPublisher installs the publisher anew with its database restored from
// a subscriber, without a DRS backup: its keys are new ones, and the cluster
// security password is the one given at this installation (M18).
func (c *Cluster) RebuildPublisher(security string) error {
	if len(c.nodes) < 2 {
		return ErrNoSubscriber
	}
	c.admin.Lock()
	defer c.admin.Unlock()
	d := c.draft()
	d.p12Password = P12Password(security)
	d.monitor.BackupDue, d.monitor.Alerted = true, time.Time{}
	if err := d.installNode(c.Publisher()); err != nil {
		return err
	}
	if c.config.Release.sharesRecovery() {
		d.shareRecovery()
	}
	if err := d.protect(); err != nil {
		return err
	}
	return c.reinstall(d)
}

// SetSecurityPassword changes the cluster security password: the publisher's
// ITLRecovery.p12 is protected by the new one's, copies elsewhere stay as they
// are, so that the daily alert is due again (M17).
func (c *Cluster) SetSecurityPassword(old, password string) error {
	return c.change(func(d *draft) error {
		if P12Password(old) != d.p12Password {
			return ErrOldPassword
		}
		d.p12Password = P12Password(password)
		d.monitor.BackupDue, d.monitor.Alerted = true, time.Time{}
		return d.protect()
	})
}
