package cucm

import (
	"errors"
	"maps"
	"slices"
)

// Backup keeps a copy of the cluster's state under a name, as the Disaster
// Recovery System does: the recovery key is in it, yet the daily alert goes on
// (M16).
func (c *Cluster) Backup(name string) error {
	if !backupName.MatchString(name) {
		return &NameError{Name: name, What: "name for a backup"}
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
	saved := c.backups[name]
	if c.dir != nil {
		var err error
		if saved, err = c.dir.restore(name, len(c.nodes)); err != nil {
			return err
		}
	}
	if saved == nil {
		return &NoBackupError{Name: name}
	}
	d := c.draft()
	for i := range d.nodes { // that DRS wants the same version is remembered
		if of, now := saved.nodes[i].active, d.nodes[i].active; of != now {
			return &VersionError{Version: of, Why: "the backup is of it, and " + now + " is active on " + d.nodes[i].name}
		}
	}
	ahead := d.ahead
	d.state, d.nodes = saved.state, saved.nodes
	d.ahead = ahead
	return c.reinstall(d.clone())
}

// reinstall brings a draft into force whose nodes have been set up anew.
func (c *Cluster) reinstall(d *draft) error {
	for i := range d.nodes {
		d.nodes[i].unread = nil
		d.boots(i)
	}
	if err := d.rebuild(true, d.every()...); err != nil {
		return err
	}
	for _, n := range c.nodes {
		for _, s := range n.Services() {
			if err := c.stop(n, s); err != nil {
				return err
			}
		}
	}
	errs := []error{c.commit(d)}
	for _, n := range c.nodes {
		for _, s := range n.Services() {
			if n.Running(s) {
				errs = append(errs, c.start(n, s))
			}
		}
	}
	return errors.Join(errs...)
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
	if err := d.installNode(0); err != nil {
		return err
	}
	d.shareRecovery()
	if err := d.secure(security); err != nil {
		return err
	}
	return c.reinstall(d)
}
