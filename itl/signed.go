package itl

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"itlsim/internal/cause"
)

// Signed is a file with a signed header, whatever follows the header.
type Signed struct {
	Header
	raw []byte
	sum [sha1.Size]byte
}

// Bytes is the file as it was read or built; it must not be changed.
func (s *Signed) Bytes() []byte { return s.raw }

// SHA1 is the checksum by which files are told apart: of the whole file, as in
// `show itl` and DeviceTLInfo.
func (s *Signed) SHA1() [sha1.Size]byte { return s.sum }

// A SignatureError says that a file's signature does not verify under the key
// it was checked with.
type SignatureError struct {
	File   string
	Signer Identity
	Err    error
}

func (e *SignatureError) Error() string {
	return fmt.Sprintf("%s: the signature of %s does not verify: %s", printable(e.File), e.Signer, cause.Of(e.Err))
}

func (e *SignatureError) Unwrap() error { return e.Err }

// Verify checks the signature: RSA PKCS#1 v1.5 over every byte of the file
// except the SIGNATURE element. Its error is a [*SignatureError].
func (s *Signed) Verify(key *rsa.PublicKey) error {
	var err error
	switch {
	case key == nil:
		err = errors.New("the signer's key is not an RSA key")
	case key.Size() != len(s.Signature):
		// Seen here, it costs nothing: a hostile list may well carry a key of
		// half a million bits.
		err = rsa.ErrVerification
	default:
		err = rsa.VerifyPKCS1v15(key, s.Digest.hash(), s.digest(), s.Signature)
	}
	if err != nil {
		return &SignatureError{s.Filename, s.Signer, err}
	}
	return nil
}

func (s *Signed) digest() []byte {
	h := s.Digest.hash().New()
	h.Write(s.raw[:s.sigStart])
	h.Write(s.raw[s.sigEnd:])
	return h.Sum(nil)
}

// A File is a signed file that is no list: a .sgn of a configuration.
type File struct {
	Signed
	Payload []byte // the plain file
}

// ParseFile reads a .sgn file. The result refers to data, which must not
// change afterwards. Every error is a [*FormatError].
func ParseFile(data []byte) (*File, error) {
	h, err := parseHeader(data, false)
	if err != nil {
		return nil, err
	}
	return &File{Signed{*h, data, sha1.Sum(data)}, data[h.Length:]}, nil
}

// A Signer is a certificate and its key.
type Signer struct {
	Certificate *x509.Certificate
	Key         crypto.Signer // RSA of 1024, 2048 or 4096 bits
}

// IdentityOf names a certificate as CUCM does.
func IdentityOf(cert *x509.Certificate) Identity {
	serial := cert.SerialNumber.Bytes()
	if len(serial) == 0 {
		serial = []byte{0} // zero is a serial number, too
	}
	return Identity{NameOf(cert.Subject), NameOf(cert.Issuer), serial}
}

// FullRecord is a record that carries the certificate itself, as CUCM writes
// it for signers: the phone needs their keys.
func FullRecord(role Role, cert *x509.Certificate) Record {
	rec := Record{Identity: IdentityOf(cert), Role: role, Signature: cert.Signature, Certificate: cert.Raw}
	if key, ok := cert.PublicKey.(*rsa.PublicKey); ok {
		rec.key, rec.PublicKey = key, x509.MarshalPKCS1PublicKey(key)
	}
	return rec
}

// HashRecord is a record that carries the certificate's SHA-1 in its place, as
// CUCM writes it for TVS and CAPF in an ITL.
func HashRecord(role Role, cert *x509.Certificate) Record {
	rec := FullRecord(role, cert)
	sum := sha1.Sum(cert.Raw)
	rec.Certificate, rec.CertHash = nil, sum[:]
	return rec
}

// append writes the record as CUCM does.
func (rec *Record) append(b []byte) ([]byte, error) {
	start := len(b)
	b = appendElement(b, recLength, []byte{0, 0})
	if rec.DNSName != "" {
		b = appendText(b, recDNSName, rec.DNSName)
	} else {
		b = appendElement(b, recDNSName, []byte{0, 0}) // length 2 in every ITL
	}
	if rec.Subject != "" {
		b = appendText(b, recSubject, rec.Subject)
	}
	b = appendElement(b, recFunction, []byte{byte(rec.Role >> 8), byte(rec.Role)})
	if rec.Issuer != "" {
		b = appendText(b, recIssuer, rec.Issuer)
	}
	for _, e := range []struct {
		tag   byte
		value []byte
	}{
		{recSerial, rec.Serial}, {recPublicKey, rec.PublicKey},
		{recSignature, rec.Signature}, {recCertificate, rec.Certificate},
	} {
		if e.value != nil {
			b = appendElement(b, e.tag, e.value)
		}
	}
	if rec.CertHash != nil {
		b = appendElement(b, recCertHash, rec.CertHash)
		b = appendElement(b, recHashAlgo, []byte{1})
	}
	if rec.IPAddress.IsValid() {
		b = appendElement(b, recIPAddress, rec.IPAddress.AsSlice())
	}
	length := len(b) - start
	if length > math.MaxUint16 {
		return nil, fmt.Errorf("record of %s: %d bytes do not fit a record", rec.Identity, length)
	}
	b[start+3], b[start+4] = byte(length>>8), byte(length)
	return b, nil
}

// A Template is a list that is yet to be signed.
type Template struct {
	Filename  string // ITLFilename or CTLFilename
	Timestamp time.Time
	Digest    Digest
	Records   []Record
}

// Sign builds the list, version 1.2 as all of CUCM's.
func (t Template) Sign(s Signer) (*List, error) {
	var body []byte
	var err error
	for i := range t.Records {
		if body, err = t.Records[i].append(body); err != nil {
			return nil, err
		}
	}
	h := Header{Version: Version{1, 2}, Digest: t.Digest, Filename: t.Filename, Timestamp: t.Timestamp}
	data, err := sign(h, body, s)
	if err != nil {
		return nil, err
	}
	return ParseList(data)
}

// Resign strips the list's signature and signs its contents anew with another
// key: what `utils itl reset` does to the publisher's list (M7).
func (l *List) Resign(s Signer, at time.Time) (*List, error) {
	h := Header{Version: l.Version, Digest: l.Digest, Filename: l.Filename, Timestamp: at}
	data, err := sign(h, l.raw[l.Length:], s)
	if err != nil {
		return nil, err
	}
	return ParseList(data)
}

// SignFile makes the .sgn of a plain file, version 1.0. The payload begins at
// the header's length, len(result)-len(payload).
func SignFile(name string, payload []byte, d Digest, at time.Time, s Signer) ([]byte, error) {
	return sign(Header{Version: Version{1, 0}, Digest: d, Filename: name, Timestamp: at}, payload, s)
}

func sign(h Header, body []byte, s Signer) ([]byte, error) {
	if h.Digest.hash() == 0 {
		return nil, fmt.Errorf("sign %s: %s is not supported", h.Filename, h.Digest)
	}
	pub, ok := s.Key.Public().(*rsa.PublicKey)
	if !ok {
		return nil, fmt.Errorf("sign %s: the signer's key is not an RSA key", h.Filename)
	}
	modulus := slices.Index(modulusSizes[:], pub.Size())
	if modulus < 0 {
		const problem = "sign %s: %d-bit keys cannot be used (but 1024, 2048 or 4096)"
		return nil, fmt.Errorf(problem, h.Filename, pub.N.BitLen())
	}
	h.Signer, h.Signature = IdentityOf(s.Certificate), make([]byte, pub.Size())
	head, err := h.encode(byte(modulus))
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", h.Filename, err)
	}
	data := append(head, body...)
	if len(data) > MaxFile {
		return nil, fmt.Errorf("sign %s: %d bytes are more than a phone downloads", h.Filename, len(data))
	}
	signed := Signed{Header: h, raw: data}
	sig, err := Remembering(s.Key).Sign(nil, signed.digest(), h.Digest.hash())
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", h.Filename, err)
	}
	copy(data[h.sigEnd-len(sig):h.sigEnd], sig)
	return data, nil
}
