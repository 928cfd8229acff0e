package cucm

import (
	"itlsim/cucm/ciscolog"
	"itlsim/itl"
)

// leftOutForRollback are the sections that a list lacks while the cluster is
// prepared for rollback (Default Security chapter). The signer's SAST record
// stays, so that the list verifies under its own records.
var leftOutForRollback = map[itl.Role]bool{itl.TFTP: true, itl.CCMTFTP: true, itl.TVS: true}

// PreparedForRollback tells the enterprise parameter "Prepare Cluster for
// Rollback to pre 8.0".
func (c *Cluster) PreparedForRollback() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.rollback
}

// PrepareForRollback sets the enterprise parameter "Prepare Cluster for Rollback
// to pre 8.0". While it is True no node's list has a TFTP or TVS entry: a phone
// that takes such a list, which is signed as ever, counts as one without any. A
// change rebuilds the lists at once, which ends a reset list, and resets the
// phones; a value that is in force already changes nothing.
func (c *Cluster) PrepareForRollback(on bool) error {
	changed := false
	err := c.change(func(d *draft) error {
		if changed = d.rollback != on; !changed {
			return nil
		}
		d.rollback = on
		// of the catalogue "System/TVS"; that the publisher logs it for the
		// cluster is this project's own choice
		a := ciscolog.RollbackDisabled
		if on {
			a = ciscolog.RollbackEnabled
		}
		d.event(c.Publisher(), a)
		return d.rebuild(false, c.nodes...)
	})
	if err == nil && changed {
		c.ResetPhones()
	}
	return err
}
