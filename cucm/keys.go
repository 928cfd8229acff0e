package cucm

import (
	"crypto/ed25519"
	"crypto/rsa"
	"fmt"
	"io"
	"slices"
	"time"

	"itlsim/cucm/ciscolog"
)

// newCertificate makes a certificate of a node without installing it.
func (d *draft) newCertificate(n *nodeState, unit Unit) (*Certificate, error) {
	key, err := d.newKey(n, unit)
	if err != nil {
		return nil, err
	}
	cn := n.fqdn()
	switch unit {
	case ITLRecovery:
		if cn = RecoveryPrefix + cn; n.recoveryName != "" {
			cn = n.recoveryName
		}
	case CAPFUnit:
		id := make([]byte, 4)
		if _, err := io.ReadFull(d.means.random, id); err != nil {
			return nil, fmt.Errorf("CAPF certificate of %s: %w", n.name, err)
		}
		cn = fmt.Sprintf("CAPF-%x", id)
	}
	years := validityYears
	if unit == ITLRecovery {
		years = n.facts().RecoveryYears
	}
	var names []string
	if unit == Tomcat && n.facts().NamesTomcat {
		names = []string{n.fqdn()}
	}
	signer, err := selfSigned(unit, d.location.name(cn), names, key, d.means.now(), years, d.means.random)
	if err != nil {
		return nil, err
	}
	return &Certificate{Signer: signer}, nil
}

// newKey makes a key for a node's certificate.
func (d *draft) newKey(n *nodeState, unit Unit) (*rsa.PrivateKey, error) {
	bits := d.keyBits
	if b, ok := n.keyBits[unit]; ok {
		bits = b
	}
	key, err := d.means.keys.Key(bits)
	if err != nil {
		return nil, fmt.Errorf("%s certificate of %s: %w", unit, n.name, err)
	}
	return key, nil
}

// install puts a certificate into use and makes it known to every TVS, where
// earlier ones stay known.
func (d *draft) install(n *nodeState, unit Unit, cert *Certificate, modified time.Time) {
	cert.Modified = modified
	n.certs[unit] = cert
	d.store = d.store.with(Store(unit), cert.Certificate)
}

// installNode gives a node its keys, as an installation does.
func (d *draft) installNode(node int) error {
	n := &d.nodes[node]
	n.known, n.list, n.recovery = make(map[string]string), nil, nil
	n.ctl, n.servedCTL, n.requests = nil, nil, nil
	n.certs = make(map[Unit]*Certificate)
	if err := d.newHostKey(n); err != nil {
		return err
	}
	facts := n.facts()
	for _, unit := range facts.Units() {
		if unit == ITLRecovery && node > 0 && facts.Recovery == RecoveryPerCluster {
			n.certs[unit] = d.nodes[0].certs[unit]
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

// newHostKey gives a node's SSH server a key.
func (d *draft) newHostKey(n *nodeState) error {
	n.hostKey = make([]byte, ed25519.SeedSize)
	if _, err := io.ReadFull(d.means.random, n.hostKey); err != nil {
		return fmt.Errorf("SSH host key of %s: %w", n.name, err)
	}
	return nil
}

// regenerate replaces certificates of a node together and rebuilds the lists
// that hold them. It reports whether that resets the phones.
func (d *draft) regenerate(node int, units ...Unit) (reset bool, err error) {
	n := &d.nodes[node]
	for _, unit := range units {
		cert, err := d.newCertificate(n, unit)
		if err != nil {
			return false, err
		}
		d.install(n, unit, cert, d.means.now())
	}
	return d.replaced([]int{node}, units...)
}

// replaced rebuilds the lists that hold certificates which nodes have anew. It reports
// whether that resets the phones.
func (d *draft) replaced(nodes []int, units ...Unit) (reset bool, err error) {
	all, changed := false, slices.Contains(units, CallManager)
	for _, node := range nodes {
		if slices.Contains(units, CAPFUnit) && node == 0 {
			all = true
		}
		if slices.Contains(units, TVSUnit) {
			d.raise(node, ciscolog.TVSCertificateRegenerated)
			d.nodes[node].unread = nil // it has restarted by itself
			all = all || d.nodes[node].activated[TVSService]
		}
	}
	affected := []int(nil)
	switch {
	case all:
		affected = d.every()
	case changed:
		affected = nodes
	}
	return len(affected) > 0 && d.interacts(), d.rebuild(false, affected...)
}

// regenerateRecovery replaces the recovery key. The publisher's file of it is
// written again.
func (d *draft) regenerateRecovery(node int) error {
	switch d.nodes[node].facts().Recovery {
	case NoRecovery:
		return ErrNoRecovery
	case RecoveryPerCluster:
		if node > 0 {
			return ErrSharedRecovery
		}
	}
	n := &d.nodes[node]
	cert, err := d.newCertificate(n, ITLRecovery)
	if err != nil {
		return err
	}
	d.install(n, ITLRecovery, cert, d.means.now())
	if node > 0 {
		return nil
	}
	d.shareRecovery()
	return d.protect()
}

// shareRecovery copies the publisher's ITLRecovery to the subscribers whose release
// has one for all.
func (d *draft) shareRecovery() {
	for i := range d.nodes[1:] {
		n := &d.nodes[i+1]
		if n.facts().Recovery == RecoveryPerCluster && d.nodes[0].certs[ITLRecovery] != nil {
			n.certs[ITLRecovery] = d.nodes[0].sharedRecovery()
		}
	}
}

// sharedRecovery is the node's ITLRecovery as other nodes have it, whose own guard it
// does not concern.
func (n *nodeState) sharedRecovery() *Certificate {
	shared := *n.certs[ITLRecovery]
	shared.Modified = time.Time{}
	return &shared
}
