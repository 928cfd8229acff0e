package cucm

import (
	"itlsim/cucm/ciscolog"
	"itlsim/itl"
)

// has refuses an enterprise parameter that the release does not have.
func (d *draft) has(p Parameter) error {
	if !d.release.Facts().Has(p) {
		return &ParameterError{Parameter: p, Release: d.release}
	}
	return nil
}

// PreparedForRollback is the enterprise parameter "Prepare Cluster for Rollback
// to pre 8.0".
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
	return c.changeLists(func(d *draft) (changed bool, err error) {
		if err := d.has(RollbackParameter); err != nil || d.rollback == on {
			return false, err
		}
		d.rollback = on
		// The alarms are of the catalogue System/TVS; that the publisher logs them
		// for the cluster is this project's own choice.
		a := ciscolog.RollbackDisabled
		if on {
			a = ciscolog.RollbackEnabled
		}
		d.raise(0, a)
		return true, d.rebuild(false, d.every()...)
	})
}

// SetSignatureAlgorithm sets the enterprise parameter "TFTP File Signature
// Algorithm". A node signs by it from the next start of its TFTP on: the page says
// which services to restart (security guide 15; that TFTP is among them, and that
// trust lists follow the parameter, too, is this project's reading). Phones that lack
// the digest refuse what is signed over it.
func (c *Cluster) SetSignatureAlgorithm(digest itl.Digest) error {
	return c.set(SignatureParameter, func(d *draft) { d.digest = digest })
}

// SetPhoneInteraction sets the enterprise parameter "Phone Interaction on Certificate
// Update": whether phones are reset automatically, as they are unless it is set, when
// certificates of TVS, CAPF or TFTP change (release notes 14.0(1)).
func (c *Cluster) SetPhoneInteraction(automatic bool) error {
	return c.set(InteractionParameter, func(d *draft) { d.manual = !automatic })
}

// set sets an enterprise parameter, or refuses with a [*ParameterError].
func (c *Cluster) set(p Parameter, do func(*draft)) error {
	return c.change(func(d *draft) error {
		if err := d.has(p); err != nil {
			return err
		}
		do(d)
		return nil
	})
}

// interacts reports whether phones are reset when certificates in lists change.
func (s *state) interacts() bool {
	return !s.manual || !s.release.Facts().Has(InteractionParameter)
}
