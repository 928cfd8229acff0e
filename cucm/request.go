package cucm

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"slices"

	"itlsim/itl"
)

// A request is a CSR that waits for its certificate, and its key.
type request struct {
	key *rsa.PrivateKey
	csr *x509.CertificateRequest
}

// shared reports whether the certificate is to be that of all nodes.
func (r *request) shared() bool { return len(r.csr.DNSNames) > 1 }

// RequestCertificate makes a key and a CSR of a unit, in place of an earlier one; for
// all nodes in one, on the publisher only, where it is for a multi-server
// certificate. The present certificate stays in use.
func (n *Node) RequestCertificate(unit Unit, multiServer bool) error {
	return n.change(func(d *draft) error {
		s := &d.nodes[n.index]
		if unit == ITLRecovery || s.certs[unit] == nil {
			return &UnitError{Unit: unit, Why: "is signed by no CA"}
		}
		name, names := d.location.name(s.fqdn()), []string{s.fqdn()}
		if multiServer {
			if err := d.mayShare(n.index, unit, false); err != nil {
				return err
			}
			name, names = d.sharedName()
		} else if unit == CAPFUnit {
			name = s.certs[unit].Certificate.Subject
		}
		key, err := d.newKey(s, unit)
		if err != nil {
			return err
		}
		r := &request{key: key}
		template := &x509.CertificateRequest{Subject: name, DNSNames: names, SignatureAlgorithm: x509.SHA256WithRSA}
		der, err := x509.CreateCertificateRequest(d.means.random, template, key)
		if err == nil {
			r.csr, err = x509.ParseCertificateRequest(der)
		}
		if err != nil {
			return fmt.Errorf("CSR of %s: %w", unit, err)
		}
		s.request(unit, r)
		return nil
	})
}

func (n *nodeState) request(unit Unit, r *request) {
	if n.requests == nil {
		n.requests = make(map[Unit]*request)
	}
	n.requests[unit] = r
}

// CertificateRequest is the CSR of a unit that waits for its certificate, DER; nil
// where none does.
func (n *Node) CertificateRequest(unit Unit) []byte {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	if r := n.requests[unit]; r != nil {
		return r.csr.Raw
	}
	return nil
}

// ImportSigned puts the certificate into use that a CA made of the unit's CSR. Lists
// are rebuilt and phones reset as by a regeneration, and the five-minute guard holds.
// The issuer has to be in the unit's trust store: else it is an [*IssuerError].
func (n *Node) ImportSigned(unit Unit, cert *x509.Certificate) error {
	return n.changeLists(func(d *draft) (reset bool, err error) {
		r := d.nodes[n.index].requests[unit]
		switch {
		case r == nil:
			return false, ErrNoRequest
		case !r.key.PublicKey.Equal(cert.PublicKey):
			return false, ErrOtherKey
		}
		store := Store(unit) + "-trust"
		signed := func(ca *x509.Certificate) bool { return cert.CheckSignatureFrom(ca) == nil }
		if !slices.ContainsFunc(d.store.in(store), signed) {
			return false, &IssuerError{Store: store}
		}
		nodes := []int{n.index}
		if r.shared() {
			nodes = d.every()
		}
		delete(d.nodes[n.index].requests, unit)
		return d.share(Certificate{Signer: itl.Signer{Certificate: cert, Key: r.key}}, nodes, unit)
	})
}

// requestFiles adds a node's CSRs and their keys to the files of a state.
func (n *nodeState) requestFiles(files map[string][]byte) error {
	for unit, r := range n.requests {
		key, err := x509.MarshalPKCS8PrivateKey(r.key)
		if err != nil {
			return fmt.Errorf("%s CSR of %s: %w", unit, n.name, err)
		}
		base := certificateFile(n.name, unit)
		files[base+".csr"] = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: r.csr.Raw})
		files[base+"_csr"+keyEnding] = pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})
	}
	return nil
}

// readRequests reads what requestFiles wrote.
func (n *nodeState) readRequests(files map[string][]byte) error {
	for _, unit := range Units {
		base := certificateFile(n.name, unit)
		if files[base+".csr"] == nil {
			continue
		}
		r, err := parseRequest(files[base+".csr"], files[base+"_csr"+keyEnding])
		if err != nil {
			return fmt.Errorf("%s.csr: %w", base, err)
		}
		n.request(unit, r)
	}
	return nil
}

func parseRequest(csrPEM, keyPEM []byte) (*request, error) {
	der, err := pemContent(csrPEM, "CSR")
	if err != nil {
		return nil, err
	}
	csr, err := x509.ParseCertificateRequest(der)
	if err != nil {
		return nil, err
	}
	key, err := parseKeyOf("the CSR", csr.PublicKey, keyPEM)
	if err != nil {
		return nil, err
	}
	return &request{key, csr}, nil
}

// A UnitError refuses something for a unit.
type UnitError struct {
	refused
	Unit Unit
	Why  string
}

func (e *UnitError) Error() string { return fmt.Sprintf("the %s certificate %s", e.Unit, e.Why) }

// An IssuerError refuses a certificate whose CA the cluster does not know.
type IssuerError struct {
	refused
	Store Store
}

func (e *IssuerError) Error() string {
	return fmt.Sprintf("the certificate of its CA is not in %s", e.Store)
}
