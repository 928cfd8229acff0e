package itl

import (
	"bytes"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/x509"
	"fmt"
	"net/netip"
	"slices"
)

// File names of the two lists as their headers carry them, whatever the name
// they are served under.
const (
	ITLFilename = "ITLFile.tlv"
	CTLFilename = "CTLFile.tlv"
)

// A List is a parsed trust list, an ITL or a CTL. It never changes once
// parsed, so that thousands of phones may share it.
type List struct {
	Signed
	Records []Record
}

// A Record names one certificate and what it is trusted for.
type Record struct {
	DNSName string
	Identity
	Role        Role
	PublicKey   []byte // PKCS#1 DER, or an X9.62 point
	Signature   []byte // the certificate's own
	Certificate []byte // DER; nil in a hash-only record
	CertHash    []byte // SHA-1 of the DER in a hash-only record
	IPAddress   netip.Addr

	key     *rsa.PublicKey
	unknown []byte // tags of elements that are not known
}

// ParseList reads a trust list. The result refers to data, which must not
// change afterwards. Every error is a [*FormatError].
func ParseList(data []byte) (*List, error) {
	h, err := parseHeader(data, false)
	if err != nil {
		return nil, err
	}
	l := &List{Signed: Signed{Header: *h, raw: data, sum: sha1.Sum(data)}}
	for pos := h.Length; pos < len(data); {
		rec, end, err := parseRecord(data, pos)
		if err != nil {
			return nil, err
		}
		l.Records, pos = append(l.Records, rec), end
	}
	return l, nil
}

// recordElements walks the record at pos after its RECORDLENGTH.
func recordElements(data []byte, pos int) (*elements, element, *FormatError) {
	r := &elements{data: data, pos: pos, end: len(data), names: &recordTags}
	e, err := r.next()
	if err != nil {
		return nil, e, err
	}
	if e.tag != recLength {
		return nil, e, e.errorf("want tag 1 RECORDLENGTH, which begins a record")
	}
	length, err := e.uint(2)
	if err != nil {
		return nil, e, err
	}
	n := int(length)
	if n < r.pos-pos || n > len(data)-pos {
		return nil, e, e.errorf("record length %d with %d bytes left", n, len(data)-pos)
	}
	r.end = pos + n
	return r, e, nil
}

func parseRecord(data []byte, pos int) (rec Record, end int, err *FormatError) {
	r, _, err := recordElements(data, pos)
	if err != nil {
		return rec, 0, err
	}
	seen := [256]bool{recLength: true}
	for r.more() {
		e, err := r.next()
		if err != nil {
			return rec, 0, err
		}
		if recordTags.known(e.tag) && seen[e.tag] {
			return rec, 0, e.errorf("stands twice in one record")
		}
		if !recordTags.known(e.tag) {
			rec.unknown = append(rec.unknown, e.tag)
		}
		seen[e.tag] = true
		if err := rec.set(e); err != nil {
			return rec, 0, err
		}
	}
	if !seen[recFunction] {
		return rec, 0, &FormatError{pos, recFunction, recordTags.name(recFunction), "missing from the record"}
	}
	rec.key = rec.rsaKey()
	return rec, r.end, nil
}

func (rec *Record) set(e element) (err *FormatError) {
	var n uint32
	switch e.tag {
	case recDNSName:
		rec.DNSName = e.text()
	case recSubject:
		rec.Subject = e.text()
	case recFunction:
		n, err = e.uint(2)
		rec.Role = Role(n)
	case recIssuer:
		rec.Issuer = e.text()
	case recSerial:
		rec.Serial = e.value
	case recPublicKey:
		rec.PublicKey = e.value
	case recSignature:
		rec.Signature = e.value
	case recCertificate:
		rec.Certificate = e.value
	case recIPAddress:
		addr, ok := netip.AddrFromSlice(e.value)
		if !ok {
			return e.errorf("length %d is not an address", len(e.value))
		}
		rec.IPAddress = addr
	case recCertHash:
		if rec.CertHash = e.value; len(e.value) != sha1.Size {
			return e.errorf("length %d, want %d", len(e.value), sha1.Size)
		}
	case recHashAlgo:
		if n, err = e.uint(1); err == nil && n != 1 {
			return e.errorf("algorithm %d, want 1 (SHA-1)", n)
		}
	}
	return err
}

// rsaKey reads the record's key: PUBLICKEY, or where that is no RSA key, the
// certificate's.
func (rec *Record) rsaKey() *rsa.PublicKey {
	if key, err := x509.ParsePKCS1PublicKey(rec.PublicKey); err == nil {
		return key
	}
	if cert, err := x509.ParseCertificate(rec.Certificate); err == nil {
		if key, ok := cert.PublicKey.(*rsa.PublicKey); ok {
			return key
		}
	}
	return nil
}

// Key is the record's RSA key, nil where it has none that can check a
// signature.
func (rec *Record) Key() *rsa.PublicKey { return rec.key }

// Certified reports whether the record is of any certificate. The server entries
// of a CTL are of none once the cluster is back in non-secure mode (technote
// 118892).
func (rec *Record) Certified() bool {
	return len(rec.Certificate)+len(rec.CertHash)+len(rec.PublicKey) > 0
}

// Holds reports whether the record is of the certificate der: the same bytes,
// or their SHA-1 in a hash-only record.
func (rec *Record) Holds(der []byte) bool {
	if len(rec.Certificate) > 0 {
		return bytes.Equal(rec.Certificate, der)
	}
	sum := sha1.Sum(der)
	return bytes.Equal(rec.CertHash, sum[:])
}

// Find returns the record of a signer in one of the roles given; of several the
// last, as other tools for the format do. An equal serial number under another
// issuer is another signer's.
func (l *List) Find(signer Identity, roles ...Role) (*Record, bool) {
	for i := range slices.Backward(l.Records) {
		if rec := &l.Records[i]; rec.Same(signer) && slices.Contains(roles, rec.Role) {
			return rec, true
		}
	}
	return nil, false
}

// Has reports whether any record is of one of these roles.
func (l *List) Has(roles ...Role) bool {
	for i := range l.Records { // records are large: not by value
		if slices.Contains(roles, l.Records[i].Role) {
			return true
		}
	}
	return false
}

// With returns the records of these roles, in their order.
func (l *List) With(roles ...Role) []*Record {
	var recs []*Record
	for i := range l.Records {
		if slices.Contains(roles, l.Records[i].Role) {
			recs = append(recs, &l.Records[i])
		}
	}
	return recs
}

// VerifySelf checks that the list is signed by one of its own records in the
// role SAST: all that can be known of a list taken on faith, and what
// `show itl` means by verified.
func (l *List) VerifySelf() error {
	rec, ok := l.Find(l.Signer, SAST)
	if !ok {
		return fmt.Errorf("the signer (%s) has no SAST record in the list itself", l.Signer)
	}
	return l.Verify(rec.Key())
}

// TooLarge reports whether phones do not load the list: an ITL of more than
// [MaxITL] bytes.
func (l *List) TooLarge() bool { return l.Kind() == "ITL" && len(l.raw) > MaxITL }

// Unknown is what the list holds of a kind that is not known, and so without
// effect: elements and roles. A phone skips them ("skipping 1 trail bytes (pad
// and/or unknown TLVs)", log of a 7821). Of very many it names the first.
func (l *List) Unknown() []string {
	const most = 20
	var all []string
	add := func(format string, n int) {
		if s := fmt.Sprintf(format, n); len(all) < most && !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	for _, tag := range l.unknown {
		add("header element %d", int(tag))
	}
	for i := range l.Records { // records are large: not by value
		for _, tag := range l.Records[i].unknown {
			add("record element %d", int(tag))
		}
		if role := l.Records[i].Role; !role.known() {
			add("role %d", int(role))
		}
	}
	return all
}

// Kind is "ITL" or "CTL", by the file name in the header.
func (l *List) Kind() string {
	if l.Filename == CTLFilename {
		return "CTL"
	}
	return "ITL"
}
