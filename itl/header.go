package itl

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" // the digests are used through crypto.Hash
	_ "crypto/sha512"
	"encoding/binary"
	"fmt"
	"time"
)

// Version of a file: 1.2 in CUCM's lists, 1.0 in .sgn files.
type Version struct{ Major, Minor byte }

func (v Version) String() string { return fmt.Sprintf("%d.%d", v.Major, v.Minor) }

// Digest is the hash that a signature is made over (tag 8), CUCM's enterprise
// parameter "TFTP File Signature Algorithm".
type Digest byte

// The digests of CUCM 10.0: SHA-1 by default, SHA-512 by choice. The format
// also numbers SHA-256 (2), which tools for it refuse, and so does this one.
const (
	SHA1   Digest = 1
	SHA512 Digest = 3
)

func (d Digest) String() string {
	switch d {
	case SHA1:
		return "SHA-1"
	case SHA512:
		return "SHA-512"
	}
	return fmt.Sprintf("digest %d", byte(d))
}

// hash returns 0 for a digest that is not supported.
func (d Digest) hash() crypto.Hash {
	switch d {
	case SHA1:
		return crypto.SHA1
	case SHA512:
		return crypto.SHA512
	}
	return 0
}

// Identity names a certificate in lists, headers and TVS questions. Names are
// opaque: CUCM and certutils spell the same certificate's name differently.
type Identity struct {
	Subject, Issuer string
	Serial          []byte // magnitude, big-endian, no sign byte
}

// String is the subject, or what else there is of it.
func (id Identity) String() string {
	if id.Subject == "" {
		return fmt.Sprintf("serial %X", id.Serial)
	}
	return fmt.Sprintf("%s, serial %X", id.Subject, id.Serial)
}

// SameSerial reports whether two identities carry the same serial number, with
// or without sign bytes.
func (id Identity) SameSerial(other Identity) bool {
	return bytes.Equal(bytes.TrimLeft(id.Serial, "\x00"), bytes.TrimLeft(other.Serial, "\x00"))
}

// Header is what a signed file says of itself and of its signer.
type Header struct {
	Version       Version
	SignerVersion Version // tag 28, certutils only; zero where absent
	Length        int     // bytes, padding included
	Signer        Identity
	Digest        Digest
	Signature     []byte
	Filename      string
	Timestamp     time.Time // seconds

	// where the SIGNATURE element stands: the bytes that it does not cover
	sigStart, sigEnd int
}

// modulusSizes are the signature lengths in bytes that SIGNATUREMODULUS numbers.
var modulusSizes = [...]int{64, 128, 256, 512}

// parseHeader reads the header at the start of data.
func parseHeader(data []byte) (*Header, *FormatError) {
	if len(data) > MaxFile {
		return nil, &FormatError{Offset: MaxFile, Reason: fmt.Sprintf("larger than the %d KB that a phone downloads", MaxFile>>10)}
	}
	h := &Header{}
	r := elements{data: data, end: len(data), names: headerTags, bare: true}
	for _, want := range []byte{tagVersion, tagHeaderLength} {
		if !r.more() {
			return nil, &FormatError{Offset: r.pos, Reason: "the file ends inside its header"}
		}
		e, err := r.next()
		if err != nil {
			return nil, err
		}
		if e.tag != want {
			return nil, e.errorf("want tag %d %s here", want, headerTags[want])
		}
		n, err := e.uint(2)
		if err != nil {
			return nil, err
		}
		if want == tagVersion {
			h.Version = Version{byte(n >> 8), byte(n)}
			if h.Version.Major != 1 {
				return nil, e.errorf("version %s, want 1.x (2.0 is an encrypted configuration)", h.Version)
			}
		} else if h.Length = n; n < r.pos || n > len(data) {
			return nil, e.errorf("header length %d in a file of %d bytes", n, len(data))
		}
	}
	r.end = h.Length
	var seen [256]bool
	seen[tagVersion], seen[tagHeaderLength] = true, true
	if err := h.parse(&r, &seen); err != nil {
		return nil, err
	}
	for _, tag := range []byte{tagSignerID, tagSignerSerial, tagDigest, tagSignature, tagFilename, tagTimestamp} {
		if !seen[tag] {
			return nil, &FormatError{h.Length, tag, headerTags[tag], "missing from the header"}
		}
	}
	return h, nil
}

// parse reads elements in any order, containers included; seen keeps any from
// coming twice.
func (h *Header) parse(r *elements, seen *[256]bool) *FormatError {
	for r.more() {
		e, err := r.next()
		if err != nil {
			return err
		}
		if r.bare && e.tag == tagPad {
			continue
		}
		if seen[e.tag] && headerTags[e.tag] != "" {
			return e.errorf("stands twice")
		}
		seen[e.tag] = true
		if err := h.set(r, e, seen); err != nil {
			return err
		}
	}
	return nil
}

func (h *Header) set(r *elements, e element, seen *[256]bool) (err *FormatError) {
	var n int
	switch e.tag {
	case tagSignerID, tagSignatureInfo, tagSignatureAlgoInfo:
		in := r.inside(e)
		return h.parse(&in, seen)
	case tagSignerName:
		h.Signer.Subject = e.text()
	case tagSignerSerial:
		if h.Signer.Serial = e.value; len(e.value) == 0 {
			return e.errorf("empty")
		}
	case tagCAName:
		h.Signer.Issuer = e.text()
	case tagDigest:
		n, err = e.uint(1)
		if h.Digest = Digest(n); err == nil && h.Digest.hash() == 0 {
			return e.errorf("digest %d is neither SHA-1 (1) nor SHA-512 (3)", n)
		}
	case tagSignatureAlgorithm, tagSignatureModulus:
		// The algorithm's value was never seen in CUCM's files, and the
		// signature's own length says what the modulus index does.
		_, err = e.uint(1)
	case tagSignature:
		h.Signature, h.sigStart, h.sigEnd = e.value, e.offset, r.pos
		if len(e.value) == 0 {
			return e.errorf("empty")
		}
	case tagFilename:
		h.Filename = e.text()
	case tagTimestamp:
		n, err = e.uint(4)
		h.Timestamp = time.Unix(int64(n), 0).UTC()
	case tagSignerVersion:
		n, err = e.uint(2)
		h.SignerVersion = Version{byte(n >> 8), byte(n)}
	}
	return err
}

// encode writes the header as CUCM does, with an empty signature of the right
// length, and sets the fields that follow from the layout.
func (h *Header) encode(modulus byte) []byte {
	var id, algo, info []byte
	id = appendText(id, tagSignerName, h.Signer.Subject)
	id = appendElement(id, tagSignerSerial, h.Signer.Serial)
	id = appendText(id, tagCAName, h.Signer.Issuer)
	algo = appendElement(algo, tagSignatureAlgorithm, []byte{0}) // RSA PKCS#1 v1.5
	algo = appendElement(algo, tagSignatureModulus, []byte{modulus})
	info = appendElement(info, tagDigest, []byte{byte(h.Digest)})
	info = appendElement(info, tagSignatureAlgoInfo, algo)

	b := appendElement(nil, tagVersion, []byte{h.Version.Major, h.Version.Minor})
	b = appendElement(b, tagHeaderLength, []byte{0, 0})
	b = appendElement(b, tagSignerID, id)
	b = appendElement(b, tagSignatureInfo, info)
	h.sigStart = len(b)
	b = appendElement(b, tagSignature, h.Signature)
	h.sigEnd = len(b)
	b = appendText(b, tagFilename, h.Filename)
	b = appendElement(b, tagTimestamp, binary.BigEndian.AppendUint32(nil, uint32(h.Timestamp.Unix())))
	for len(b)%4 != 0 {
		b = append(b, tagPad)
	}
	h.Length = len(b)
	binary.BigEndian.PutUint16(b[8:], uint16(h.Length))
	return b
}
