package itl

import (
	"bytes"
	"crypto"
	_ "crypto/sha1" // the digests are used through crypto.Hash
	_ "crypto/sha512"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"time"
)

// Version of a file, Major and Minor: 1.2 in CUCM's lists, 1.0 in .sgn files.
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

// String is the subject with what tells it from others of the same name: the
// serial number, and the issuer where that is another. It is fit for a terminal.
func (id Identity) String() string {
	s := fmt.Sprintf("serial %X", id.Serial)
	if id.Subject != "" {
		s = printable(id.Subject) + ", " + s
	}
	return s + id.issuedBy()
}

// Name is the subject, with the issuer where that is another, fit for a terminal.
func (id Identity) Name() string { return printable(id.Subject) + id.issuedBy() }

func (id Identity) issuedBy() string {
	if id.Issuer == "" || sameName(id.Issuer, id.Subject) {
		return ""
	}
	return ", issued by " + printable(id.Issuer)
}

// Same reports whether two identities are of one certificate: issuer and serial
// number, CUCM's own key for certificates (TVS log of technote 213407). The
// subject does not matter, sign bytes of the serial number do not either. No
// serial number at all, as in a placeholder record, is the same as no other.
func (id Identity) Same(other Identity) bool {
	return len(id.Serial) > 0 && len(other.Serial) > 0 &&
		bytes.Equal(bytes.TrimLeft(id.Serial, "\x00"), bytes.TrimLeft(other.Serial, "\x00")) &&
		sameName(id.Issuer, other.Issuer)
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
	padding          int // where the elements end

	unknown    []byte      // tags of elements that are not known
	encryption *encryption // where the file is an encrypted configuration
}

// modulusSizes are the signature lengths in bytes that SIGNATUREMODULUS numbers.
var modulusSizes = [...]int{64, 128, 256, 512}

// CanSign reports whether files can be signed with an RSA key of so many bits: there
// is a number for 512, 1024, 2048 and 4096.
func CanSign(bits int) bool { return slices.Contains(modulusSizes[:], bits/8) }

const maxSignature = 512 // the largest of them

// required are the elements that no header may lack. The names matter: with the
// serial number they are what a phone asks TVS about. What says the signature's
// algorithm is not used.
var required = [...]byte{
	tagSignerName, tagSignerSerial, tagCAName, tagDigest, tagSignature, tagFilename, tagTimestamp,
}

// parseHeader reads the header at the start of data: that of an encrypted
// configuration, or of any other signed file.
func parseHeader(data []byte, encrypted bool) (*Header, *FormatError) {
	if len(data) > MaxFile {
		reason := fmt.Sprintf("larger than the %d KB that a phone downloads", MaxFile>>10)
		return nil, &FormatError{Offset: MaxFile, Reason: reason}
	}
	h := &Header{}
	r := elements{data: data, end: len(data), names: &headerTags}
	if encrypted {
		h.encryption, r.names = &encryption{}, &encryptedTags
	}
	for _, want := range []byte{tagVersion, tagHeaderLength} {
		if !r.more() {
			return nil, &FormatError{Offset: r.pos, Reason: "the file ends inside its header"}
		}
		e, err := r.next()
		if err != nil {
			return nil, err
		}
		if e.tag != want {
			return nil, e.errorf("want tag %d %s here", want, headerTags.name(want))
		}
		n, err := e.uint(2)
		if err != nil {
			return nil, err
		}
		if want == tagVersion {
			h.Version = Version{byte(n >> 8), byte(n)}
			switch {
			case encrypted && h.Version.Major != 2:
				return nil, e.errorf("version %s, want 2.x", h.Version)
			case !encrypted && h.Version.Major != 1:
				return nil, e.errorf("version %s, want 1.x (2.0 is an encrypted configuration)", h.Version)
			}
		} else if h.Length = int(n); h.Length < r.pos || h.Length > len(data) {
			return nil, e.errorf("header length %d in a file of %d bytes", n, len(data))
		}
	}
	r.end, h.padding = h.Length, h.Length
	var seen [256]bool
	seen[tagVersion], seen[tagHeaderLength] = true, true
	if err := h.parse(&r, &seen); err != nil {
		return nil, err
	}
	need := required[:]
	if encrypted {
		need = append(slices.Clone(need), requiredOfEncrypted[:]...)
	}
	for _, tag := range need {
		if !seen[tag] {
			return nil, &FormatError{h.Length, tag, r.names.name(tag), "missing from the header"}
		}
	}
	return h, nil
}

// parse reads elements in any order, containers included; seen keeps any from
// coming twice.
func (h *Header) parse(r *elements, seen *[256]bool) *FormatError {
	for r.more() {
		if r.in == 0 && r.data[r.pos] == tagPad {
			h.padding = r.pos
			return padding(r)
		}
		e, err := r.next()
		if err != nil {
			return err
		}
		if r.names.known(e.tag) {
			if want := containers[e.tag]; want != r.in {
				return e.errorf("stands in %s, belongs in %s", r.containerName(r.in), r.containerName(want))
			}
			if seen[e.tag] {
				return e.errorf("stands twice")
			}
		} else {
			h.unknown = append(h.unknown, e.tag)
		}
		seen[e.tag] = true
		if err := h.set(r, e, seen); err != nil {
			return err
		}
	}
	return nil
}

// padding checks that nothing follows the first pad byte but more of them: a
// phone skips unread whatever does.
func padding(r *elements) *FormatError {
	for ; r.more(); r.pos++ {
		if tag := r.data[r.pos]; tag != tagPad {
			return &FormatError{r.pos, tag, r.names.name(tag), "follows the padding"}
		}
	}
	return nil
}

// containerName names a container; 0 is the header itself.
func (r *elements) containerName(container byte) string {
	if container == 0 {
		return "the header"
	}
	return r.names.name(container)
}

func (h *Header) set(r *elements, e element, seen *[256]bool) (err *FormatError) {
	var n uint32
	switch e.tag {
	case tagSignerID, tagSignatureInfo, tagSignatureAlgoInfo:
		in := r.inside(e)
		return h.parse(&in, seen)
	case tagSignerName:
		h.Signer.Subject = e.text()
	case tagSignerSerial:
		// a copy: what is said of a signer outlives the file, of many phones
		if h.Signer.Serial = bytes.Clone(e.value); len(e.value) == 0 {
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
		// Any value will do. None was ever seen in CUCM's files, other tools
		// read neither, and a signature of another length than its key's
		// modulus does not verify, whatever the modulus index says.
		_, err = e.uint(1)
	case tagSignature:
		h.Signature, h.sigStart, h.sigEnd = e.value, e.offset, r.pos
		if n := len(e.value); n == 0 || n > maxSignature {
			return e.errorf("length %d, want 1 to %d", n, maxSignature)
		}
	case tagFilename:
		h.Filename = e.text()
	case tagTimestamp:
		n, err = e.uint(4)
		h.Timestamp = time.Unix(int64(n), 0).UTC()
	case tagSignerVersion:
		n, err = e.uint(2)
		h.SignerVersion = Version{byte(n >> 8), byte(n)}
	default:
		if h.encryption != nil {
			return h.encryption.set(h, r, e, seen)
		}
	}
	return err
}

// encode writes the header as CUCM does, with an empty signature of the right
// length, and sets the fields that follow from the layout.
func (h *Header) encode(modulus byte) ([]byte, error) {
	timestamp := h.Timestamp.Unix()
	if timestamp < 0 || timestamp > math.MaxUint32 {
		return nil, fmt.Errorf("a timestamp holds 1970 to 2106, not %s", h.Timestamp)
	}

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
	b = appendElement(b, tagTimestamp, binary.BigEndian.AppendUint32(nil, uint32(timestamp)))
	if h.encryption != nil {
		b = h.encryption.append(b)
	}
	for len(b)%4 != 0 {
		b = append(b, tagPad)
	}
	h.Length = len(b)
	if h.Length > math.MaxUint16 {
		return nil, fmt.Errorf("%d bytes do not fit a header", h.Length)
	}
	binary.BigEndian.PutUint16(b[8:], uint16(h.Length))
	return b, nil
}
