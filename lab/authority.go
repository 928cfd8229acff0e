package lab

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"

	"itlsim/cucm"
)

// An Authority is a CA outside the clusters, which signs their CSRs.
type Authority struct {
	Root *x509.Certificate

	key   *rsa.PrivateKey
	clock cucm.Clock
}

// How long the certificates of an authority are valid, in years. Phones look at no
// dates.
const (
	rootYears = 10
	leafYears = 2
)

// newAuthority makes a CA with a root of its own.
func newAuthority(name string, keys cucm.KeySource, clock cucm.Clock) (*Authority, error) {
	key, err := keys.Key(2048)
	if err != nil {
		return nil, fmt.Errorf("certificate authority %s: %w", name, err)
	}
	root := &x509.Certificate{
		SerialNumber: serial([]byte(name)), Subject: pkix.Name{CommonName: name},
		NotBefore: clock.Now(), NotAfter: clock.Now().AddDate(rootYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	a := &Authority{key: key, clock: clock}
	a.Root, err = a.sign(root, root, &key.PublicKey)
	return a, err
}

// Sign makes the certificate of a CSR, with the names that it asks for.
func (a *Authority) Sign(csr []byte) (*x509.Certificate, error) {
	request, err := x509.ParseCertificateRequest(csr)
	if err == nil {
		err = request.CheckSignature()
	}
	if err != nil {
		return nil, fmt.Errorf("CSR: %w", err)
	}
	return a.sign(&x509.Certificate{
		SerialNumber: serial(csr), Subject: request.Subject, DNSNames: request.DNSNames,
		NotBefore: a.clock.Now(), NotAfter: a.clock.Now().AddDate(leafYears, 0, 0),
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageKeyEncipherment | x509.KeyUsageDataEncipherment,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}, a.Root, request.PublicKey)
}

func (a *Authority) sign(template, parent *x509.Certificate, key any) (*x509.Certificate, error) {
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, a.key)
	if err != nil {
		return nil, err
	}
	return x509.ParseCertificate(der)
}

// serial is the serial number of a certificate for something, which needs no chance.
func serial(of []byte) *big.Int {
	sum := sha256.Sum256(of)
	sum[0] = sum[0]&0x3f | 0x40 // never a sign byte
	return new(big.Int).SetBytes(sum[:16])
}
