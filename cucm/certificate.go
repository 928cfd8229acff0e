package cucm

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"strings"
	"time"

	"itlsim/itl"
)

// Unit is what a certificate is for: the NAME of `set cert regen NAME`.
type Unit string

// The certificates of a node.
const (
	CallManager Unit = "CallManager" // signs the node's ITL and its phones' configurations
	TVSUnit     Unit = "TVS"
	CAPFUnit    Unit = "CAPF"
	ITLRecovery Unit = "ITLRecovery" // of every node's, only the publisher's is used (M2)
	Tomcat      Unit = "tomcat"
	IPsec       Unit = "ipsec"
)

// RecoveryPrefix begins the common name of every ITLRecovery certificate (M2).
const RecoveryPrefix = "ITLRECOVERY_"

// IsRecovery reports whether a name, as lists and certificates have it, is an
// ITLRecovery certificate's.
func IsRecovery(subject string) bool {
	return strings.HasPrefix(itl.CommonName(subject), RecoveryPrefix)
}

// Units in the order in which the CLI lists them. [Facts] has those of a release.
var Units = []Unit{CallManager, CAPFUnit, ITLRecovery, TVSUnit, IPsec, Tomcat}

// UnitNamed finds a certificate of the node by the NAME of the command line, in any
// case.
func (n *Node) UnitNamed(name string) (Unit, bool) {
	for _, u := range n.Units() {
		if strings.EqualFold(string(u), name) {
			return u, true
		}
	}
	return "", false
}

// validityYears is how long a self-signed certificate is valid, but for ITLRecovery,
// see [Facts]: five years (security guide 14, "all self-signed certificates"; older
// ones are given the same).
const validityYears = 5

// extended key usages: the recovery and the CAPF certificate carry two, the others
// three, which is what the certificate lengths in a real `show itl` and `show ctl`
// add up to.
var extKeyUsages = []x509.ExtKeyUsage{
	x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageIPSECEndSystem,
}

// keyUsage is not critical in CUCM's certificates, by the same arithmetic:
// digital signature, key and data encipherment, key agreement, certificate
// signing.
var keyUsage = pkix.Extension{Id: []int{2, 5, 29, 15}, Value: []byte{3, 2, 2, 0xbc}}

// A KeySource gives RSA keys of a size in bits.
type KeySource interface {
	// Key gives a new key, of 1024 to 4096 bits.
	Key(bits int) (*rsa.PrivateKey, error)
}

// GeneratedKeys draws fresh keys from the system's randomness. A 2048-bit key
// takes about a tenth of a second.
type GeneratedKeys struct{}

// Key generates a key.
func (GeneratedKeys) Key(bits int) (*rsa.PrivateKey, error) {
	return rsa.GenerateKey(rand.Reader, bits)
}

// Location is what the certificates' names share: O, OU, L, ST and C.
type Location struct{ Organization, Unit, Locality, State, Country string }

func (l Location) name(commonName string) pkix.Name {
	n := pkix.Name{CommonName: commonName}
	set := func(field *[]string, value string) {
		if value != "" {
			*field = []string{value}
		}
	}
	set(&n.OrganizationalUnit, l.Unit)
	set(&n.Organization, l.Organization)
	set(&n.Locality, l.Locality)
	set(&n.Province, l.State)
	set(&n.Country, l.Country)
	return n
}

// NewCertificate makes a self-signed certificate as CUCM's certificate manager
// does: a serial number of sixteen bytes from random, key usage, extended key
// usage and subject key identifier, for five years.
func NewCertificate(
	unit Unit, name pkix.Name, key *rsa.PrivateKey, from time.Time, random io.Reader,
) (itl.Signer, error) {
	return selfSigned(unit, name, nil, key, from, validityYears, random)
}

// selfSigned makes one for some years, with alternative names if there are any.
func selfSigned(
	unit Unit, name pkix.Name, names []string, key *rsa.PrivateKey, from time.Time, years int, random io.Reader,
) (itl.Signer, error) {
	serial := make([]byte, 16)
	if _, err := io.ReadFull(random, serial); err != nil {
		return itl.Signer{}, fmt.Errorf("serial number of the %s certificate: %w", unit, err)
	}
	serial[0] = serial[0]&0x3f | 0x40 // sixteen bytes, never a sign byte
	usages := extKeyUsages
	if unit == ITLRecovery || unit == CAPFUnit {
		usages = usages[:2]
	}
	template := &x509.Certificate{
		SerialNumber:       new(big.Int).SetBytes(serial),
		Subject:            name,
		DNSNames:           names,
		NotBefore:          from,
		NotAfter:           from.AddDate(years, 0, 0),
		ExtraExtensions:    []pkix.Extension{keyUsage},
		ExtKeyUsage:        usages,
		SignatureAlgorithm: x509.SHA256WithRSA,
		SubjectKeyId:       subjectKeyID(&key.PublicKey),
	}
	der, err := x509.CreateCertificate(nil, template, template, &key.PublicKey, itl.Remembering(key))
	if err != nil {
		return itl.Signer{}, fmt.Errorf("%s certificate: %w", unit, err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return itl.Signer{}, fmt.Errorf("%s certificate: %w", unit, err)
	}
	return itl.Signer{Certificate: cert, Key: key}, nil
}

// subjectKeyID is the SHA-1 of the public key (RFC 5280, 4.2.1.2).
func subjectKeyID(key *rsa.PublicKey) []byte {
	sum := sha1.Sum(x509.MarshalPKCS1PublicKey(key))
	return sum[:]
}

// A Certificate is one of a node's own, with its key.
type Certificate struct {
	itl.Signer
	Modified time.Time // zero for one made at the installation
}

// Bits is the size of the certificate's key.
func (c *Certificate) Bits() int {
	if key, ok := c.Certificate.PublicKey.(*rsa.PublicKey); ok {
		return key.N.BitLen()
	}
	return 0
}
