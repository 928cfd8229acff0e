package cucm

import (
	"crypto/x509"
	"fmt"
	"slices"

	"itlsim/itl"
)

// The CTL of a cluster without eTokens. One file, made on the publisher by an
// administrator's command alone, lies in the TFTP directory of every node: which
// certificates it knows, and by which key it is signed, goes by the release.

// SecurityMode is the enterprise parameter Cluster Security Mode.
type SecurityMode int

// The modes, by the parameter's values.
const (
	NonSecure SecurityMode = iota
	Mixed
)

// SecurityMode is the cluster's.
func (c *Cluster) SecurityMode() SecurityMode {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.mixed {
		return Mixed
	}
	return NonSecure
}

// CTL is the CTL file in the node's TFTP directory, nil where there is none.
func (n *Node) CTL() *itl.List {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.ctl
}

// ServedCTL is the CTL that the node's TFTP gives to phones, nil where it has
// none. Up to release 11.5 that is the one that was there at its last start.
func (n *Node) ServedCTL() *itl.List {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.servedCTL
}

// SetSecurityMode is `utils ctl set-cluster mixed-mode | non-secure-mode`. It makes
// a new CTL: in mixed mode with the certificates of all servers, in non-secure mode
// without any of them (technote 118892). Phones are told nothing.
func (n *Node) SetSecurityMode(mode SecurityMode) error {
	return n.changeCTL(func(d *draft) error {
		if d.mixed == (mode == Mixed) {
			return ErrSameMode
		}
		d.mixed = mode == Mixed
		return d.makeCTL()
	})
}

// UpdateCTL is `utils ctl update CTLFile`: the CTL is made anew of the present
// certificates.
func (n *Node) UpdateCTL() error {
	return n.changeCTL(func(d *draft) error {
		if !d.mixed {
			return ErrNonSecure
		}
		return d.makeCTL()
	})
}

// ResetCTL is `utils ctl reset localkey`: the CTL as it is, signed by the other one
// of the two keys. Where ITLRecovery was regenerated its record becomes the present
// one's, as in a reset ITL (this project's reading: the procedure of the Default
// Security chapter needs a TVS otherwise). It refuses with a [*StaleListError] where
// the CTL does not know the key.
func (n *Node) ResetCTL() error {
	return n.changeCTL(func(d *draft) error {
		pub := &d.nodes[0]
		signer := pub.certs[d.release.Facts().ResetSigner]
		switch {
		case !d.mixed:
			return ErrNonSecure
		case pub.ctl == nil:
			return ErrNoCTL
		case signer == pub.certs[ITLRecovery] && !holdsSigner(pub.ctl, signer):
			return &StaleListError{Node: pub.name, CTL: true, Recovery: true}
		}
		list, err := d.resign(pub, pub.ctl, signer, pub.certs[ITLRecovery])
		if err != nil {
			return fmt.Errorf("reset CTL: %w", err)
		}
		if !holdsSigner(list, signer) {
			return &StaleListError{Node: pub.name, CTL: true}
		}
		d.putCTL(list)
		return nil
	})
}

// DeleteCTL removes the CTL file from the node's TFTP directory, which a cluster
// allows in non-secure mode only (technote 118893 has it done there only).
func (n *Node) DeleteCTL() error {
	return n.cluster.change(func(d *draft) error {
		s := &d.nodes[n.index]
		switch {
		case s.ctl == nil:
			return ErrNoCTL
		case d.mixed:
			return ErrMixed
		}
		s.ctl = nil
		if !d.release.Facts().CTLRestarts {
			s.servedCTL = nil
		}
		return nil
	})
}

// changeCTL makes a change to the cluster's CTL, which the publisher alone does.
func (n *Node) changeCTL(do func(*draft) error) error {
	if !n.Publisher() {
		return ErrNotPublisher
	}
	return n.cluster.change(func(d *draft) error {
		if up, known := d.nodes[0].running[capfService]; known && !up {
			return ErrNoCAPF
		}
		if len(d.release.Facts().CTLSigners) == 0 {
			return ErrTokens
		}
		return do(d)
	})
}

// makeCTL builds the CTL of the present certificates, signed by the first of its
// signers.
func (d *draft) makeCTL() error {
	t := itl.Template{
		Filename: itl.CTLFilename, Timestamp: d.means.now(), Digest: d.digest, Records: d.ctlRecords(),
	}
	list, err := t.Sign(d.nodes[0].certs[d.release.Facts().CTLSigners[0]].Signer)
	if err != nil {
		return fmt.Errorf("CTL: %w", err)
	}
	d.putCTL(list)
	return nil
}

// putCTL puts the CTL on all nodes that can be reached.
func (d *draft) putCTL(list *itl.List) {
	for i := range d.nodes {
		if !d.off[i] {
			d.giveCTL(i, list)
		}
	}
}

// giveCTL puts the CTL on a node.
func (d *draft) giveCTL(i int, list *itl.List) {
	d.nodes[i].ctl = list
	if !d.release.Facts().CTLRestarts {
		d.nodes[i].servedCTL = list
	}
}

// ctlRecords lists the CTL's records in the order of real ones: the publisher as
// SAST and as server, the CAPF, the other servers (technote 118893); where the CTL
// has ITLRECOVERY, that one behind the CAPF, and the second server before it (dump in
// a public parser). No TVS is in it.
func (d *draft) ctlRecords() []itl.Record {
	pub := &d.nodes[0]
	signers := d.release.Facts().CTLSigners
	records := []itl.Record{d.located(0, itl.FullRecord(itl.SAST, pub.certs[CallManager].Certificate))}
	first, rest := d.ctlServers(), []itl.Record(nil)
	behind := []itl.Record{d.located(0, itl.FullRecord(itl.CAPF, pub.certs[CAPFUnit].Certificate))}
	ahead := 1
	if slices.Contains(signers, ITLRecovery) {
		ahead = min(2, len(first))
		behind = append(behind, d.located(0, itl.FullRecord(itl.SAST, pub.certs[ITLRecovery].Certificate)))
	}
	first, rest = first[:ahead], first[ahead:]
	return slices.Concat(records, first, behind, rest, d.importedSigners())
}

// importedSigners are the records of Phone-SAST-trust, which may sign for phones
// besides the cluster (security guide 12.5). Where they stand in a CTL no document
// shows.
func (d *draft) importedSigners() (records []itl.Record) {
	own := []*x509.Certificate{d.nodes[0].certs[CallManager].Certificate}
	if recovery := d.nodes[0].certs[ITLRecovery]; recovery != nil {
		own = append(own, recovery.Certificate)
	}
	for _, cert := range d.store.in(PhoneSASTTrust) {
		if !slices.ContainsFunc(own, cert.Equal) {
			records = append(records, itl.FullRecord(itl.SAST, cert))
		}
	}
	return records
}

// ctlServers are the records of the nodes, CallManager and TFTP in one. In
// non-secure mode they name no certificate.
func (d *draft) ctlServers() (servers []itl.Record) {
	for i := range d.nodes {
		rec, own := itl.Record{Role: itl.CCMTFTP}, d.nodes[i].certs[CallManager].Certificate
		if d.mixed {
			if i > 0 && own.Equal(d.nodes[0].certs[CallManager].Certificate) {
				continue // a multi-server certificate is there once (security guide 12.5)
			}
			rec = itl.FullRecord(itl.CCMTFTP, own)
		}
		servers = append(servers, d.located(i, rec))
	}
	return servers
}

// located is a record with a node's name and address.
func (d *draft) located(node int, rec itl.Record) itl.Record {
	rec.DNSName, rec.IPAddress = d.nodes[node].name, d.hosts[node]
	return rec
}
