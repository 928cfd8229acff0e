package cucm

import (
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"fmt"
	"math/big"

	"itlsim/itl"
)

// What secure phones show: Locally Significant Certificates, which the publisher's
// CAPF issues. (Those of the factory are not simulated.)

// lscYears is how long an LSC is valid, the default of CAPF's parameter "Duration
// of Certificate Validity" (remembered).
const lscYears = 5

// IssueLSC has the publisher's CAPF issue a certificate for a phone's key, and notes
// it in the database. Its subject is the cluster's with the phone's name. It refuses where CAPF is stopped.
func (c *Cluster) IssueLSC(device string, key *rsa.PublicKey) (*x509.Certificate, error) {
	if !c.nodes[0].Running(capfService) {
		return nil, ErrNoCAPF
	}
	c.mu.RLock()
	capf, location := c.nodes[0].certs[CAPFUnit], c.location
	c.mu.RUnlock()
	now := c.Now()
	// The serial number is a function of what is certified. The cluster's randomness would have
	// that of later certificates depend on how many phones there are.
	serial := sha256.Sum256(fmt.Appendf(nil, "%x %s %x %d", capf.Certificate.Raw, device, key.N, now.UnixNano()))
	der, err := x509.CreateCertificate(nil, &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(serial[:8]),
		Subject:      location.name(device),
		NotBefore:    now, NotAfter: now.AddDate(lscYears, 0, 0),
		KeyUsage:           x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment,
		ExtKeyUsage:        extKeyUsages[:2],
		SignatureAlgorithm: x509.SHA256WithRSA,
	}, capf.Certificate, key, capf.Key)
	if err != nil {
		return nil, fmt.Errorf("LSC of %s: %w", device, err)
	}
	lsc, err := x509.ParseCertificate(der)
	if err == nil {
		c.Phones.issued(device, lsc)
	}
	return lsc, err
}

// CAPF is the certificate by which phones know the cluster's CAPF.
func (c *Cluster) CAPF() *Certificate { return c.Publisher().Certificate(CAPFUnit) }

// IssuedLSC reports whether the cluster's call managers take a phone's certificate
// in a handshake: one of the present CAPF, or of one that was imported into
// CAPF-trust, as for phones of another cluster (Default Security chapter). That LSCs
// of an earlier CAPF of the cluster's own are not taken is a reading of technote
// 225746, whose phones hang until they have new ones.
func (c *Cluster) IssuedLSC(cert *x509.Certificate) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if signedBy(cert, c.nodes[0].certs[CAPFUnit].Certificate) {
		return true
	}
	for _, t := range c.store {
		if t.place == CAPFTrust && signedBy(cert, t.cert) {
			return true
		}
	}
	return false
}

func signedBy(cert, issuer *x509.Certificate) bool {
	return issuer.CheckSignature(cert.SignatureAlgorithm, cert.RawTBSCertificate, cert.Signature) == nil
}

// Secures tells why the node does not take a phone's registration by the transport
// that it came by: shown is the phone's certificate, nil over TCP. The phone's
// security profile says which is wanted.
func (n *Node) Secures(device string, shown *x509.Certificate) error {
	return Caller{Device: device}.Secured(n, shown)
}

// Secured is [Node.Secures].
func (by Caller) Secured(n *Node, shown *x509.Certificate) error {
	c := n.cluster
	d, _ := c.called(by)
	wants := d.Security.ByTLS() && c.SecurityMode() == Mixed
	switch {
	case wants && shown == nil:
		return ErrWantsTLS
	case !wants && shown != nil:
		return ErrWantsTCP
	case shown == nil:
		return nil
	case itl.CommonName(itl.NameOf(shown.Subject)) != by.Device:
		return ErrOtherPhone
	case !c.IssuedLSC(shown):
		return ErrStrangeLSC
	}
	return nil
}
