package cucm

import (
	"crypto/x509/pkix"
	"slices"
)

// Multi-server certificates: one for all nodes, with their names as subject
// alternative names, and the publisher's with "-ms" as its own (Preferred
// Architecture 12.x).

// sharedName is the name of such a certificate, and the alternative ones.
func (d *draft) sharedName() (pkix.Name, []string) {
	var names []string
	for i := range d.nodes {
		names = append(names, d.nodes[i].fqdn())
	}
	pub := d.nodes[0]
	pub.name += "-ms"
	return d.location.name(pub.fqdn()), names
}

// mayShare refuses a multi-server certificate of a unit. One that a CA signs can be
// CallManager's and tomcat's in any release; what is self-signed, and TVS's, from 14 on
// (security guide 12.5 and 14).
func (d *draft) mayShare(node int, unit Unit, selfSigned bool) error {
	newer := d.release.Facts().SelfSignedSAN
	switch {
	case node > 0:
		return ErrNotPublisher
	case slices.ContainsFunc(d.before, func(b *draft) bool { return b != nil }):
		return ErrParted
	case unit != CallManager && unit != Tomcat && (unit != TVSUnit || !newer):
		return &UnitError{Unit: unit, Why: "cannot be a multi-server one"}
	case selfSigned && !newer:
		return &UnitError{Unit: unit, Why: "can be a multi-server one here only if a CA signs it"}
	}
	return nil
}

// ShareCertificate makes one self-signed certificate of a unit for all nodes: Generate
// Self-Signed, with the distribution Multi-Server (SAN), on the publisher. Lists and
// phones fare as by regenerations on all nodes.
func (n *Node) ShareCertificate(unit Unit) error {
	return n.changeLists(func(d *draft) (reset bool, err error) {
		if err := d.mayShare(n.index, unit, true); err != nil {
			return false, err
		}
		key, err := d.newKey(&d.nodes[n.index], unit)
		if err != nil {
			return false, err
		}
		name, names := d.sharedName()
		signer, err := selfSigned(unit, name, names, key, d.means.now(), validityYears, d.means.random)
		if err != nil {
			return false, err
		}
		return d.share(Certificate{Signer: signer}, d.every(), unit)
	})
}

// ReuseTomcat makes tomcat's multi-server certificate CallManager's on all nodes: Reuse
// Certificate, from 14 on (technote 221070).
func (n *Node) ReuseTomcat() error {
	return n.changeLists(func(d *draft) (reset bool, err error) {
		if err := d.mayShare(n.index, CallManager, true); err != nil {
			return false, err
		}
		tomcat := d.nodes[0].certs[Tomcat]
		for i := range d.nodes {
			own := d.nodes[i].certs[Tomcat].Certificate
			alone := len(own.DNSNames) == 1 && own.Subject.CommonName == d.nodes[i].fqdn()
			if !own.Equal(tomcat.Certificate) || len(own.DNSNames) < len(d.nodes) || alone {
				return false, &UnitError{Unit: Tomcat, Why: "is not a multi-server one"}
			}
		}
		return d.share(*tomcat, d.every(), CallManager)
	})
}

// share puts a certificate into use on nodes, unless the five-minute guard of one
// forbids it.
func (d *draft) share(cert Certificate, nodes []int, unit Unit) (reset bool, err error) {
	for _, i := range nodes {
		if err := d.nodes[i].guarded(unit, d.means.now()); err != nil {
			return false, err
		}
		own := cert
		d.install(&d.nodes[i], unit, &own, d.means.now())
	}
	return d.replaced(nodes, unit)
}
