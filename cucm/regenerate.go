package cucm

import (
	"strings"
	"time"

	"itlsim/cucm/ciscolog"
)

// UnitNamed finds a certificate by the NAME of the command line, in any case.
func UnitNamed(name string) (Unit, bool) {
	for _, u := range Units {
		if strings.EqualFold(string(u), name) {
			return u, true
		}
	}
	return "", false
}

// Regenerate makes a new certificate and key. Lists that hold the certificate
// are rebuilt at once, which ends a reset list, and the phones are reset
// (M13). An ITLRecovery certificate waits for the next TFTP start and resets
// no phone (M14). Another certificate of the node within five minutes is
// refused with a [*GuardError]; nothing has changed then.
func (n *Node) Regenerate(unit Unit) error {
	c := n.cluster
	var inList bool
	err := c.change(func(d *draft) (err error) {
		if err := d.node(n).guarded(unit, c.Now()); err != nil {
			return err
		}
		if unit == ITLRecovery {
			return d.regenerateRecovery(n)
		}
		inList, err = d.regenerate(n, unit)
		return err
	})
	if err == nil && inList {
		c.ResetPhones()
	}
	return err
}

// regenerate replaces certificates of a node together and rebuilds the lists
// that hold them; it tells whether there are such lists.
func (d *draft) regenerate(n *Node, units ...Unit) (inList bool, err error) {
	c := d.cluster
	var affected []*Node
	for _, unit := range units {
		cert, err := d.newCertificate(n, unit)
		if err != nil {
			return false, err
		}
		d.install(n, unit, cert, c.Now())
		switch {
		case unit == TVSUnit:
			d.event(n, ciscolog.TVSCertificateRegenerated)
			if d.node(n).activated[TVSService] {
				affected = c.nodes
			}
		case unit == CAPFUnit && n.Publisher():
			affected = c.nodes
		case unit == CallManager && affected == nil:
			affected = []*Node{n}
		}
	}
	return len(affected) > 0, d.rebuild(false, affected...)
}

// regenerateRecovery replaces the recovery key. The publisher's file of it is
// written anew, so that it needs a backup anew (M16).
func (d *draft) regenerateRecovery(n *Node) error {
	shared := d.cluster.config.Release.sharesRecovery()
	if shared && !n.Publisher() {
		return ErrSharedRecovery
	}
	cert, err := d.newCertificate(n, ITLRecovery)
	if err != nil {
		return err
	}
	d.install(n, ITLRecovery, cert, d.cluster.Now())
	if !n.Publisher() {
		return nil
	}
	if shared {
		d.shareRecovery()
	}
	d.monitor.BackupDue = true
	return d.protect()
}

// shareRecovery copies the publisher's ITLRecovery to the subscribers (12.5),
// whose own guard it does not concern.
func (d *draft) shareRecovery() {
	shared := *d.nodes[0].certs[ITLRecovery]
	shared.Modified = time.Time{}
	for i := range d.nodes[1:] {
		d.nodes[i+1].certs[ITLRecovery] = &shared
	}
}
