package itl

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// MaxFile is the size in bytes beyond which no file is read: a phone limits
// every download to 2048 KB (log of a 7821, "LIMIT downdload will be limited
// to 2048 KB").
const MaxFile = 2048 << 10

// MaxITL is the size in bytes beyond which a phone does not load an ITL: "more
// than 39 certificates" make one of over 64 KB (Default Security chapter). A CTL
// and a configuration have no limit but MaxFile.
const MaxITL = 64<<10 - 1

// header tags
const (
	tagVersion            = 1
	tagHeaderLength       = 2
	tagSignerID           = 3
	tagSignerName         = 4
	tagSignerSerial       = 5
	tagCAName             = 6
	tagSignatureInfo      = 7
	tagDigest             = 8
	tagSignatureAlgoInfo  = 9
	tagSignatureAlgorithm = 10
	tagSignatureModulus   = 11
	tagSignature          = 12
	tagPad                = 13 // a bare byte, without length
	tagFilename           = 14
	tagTimestamp          = 15
	tagSignerVersion      = 28 // certutils only
)

// tags of an encrypted configuration's header besides these
const (
	tagEncryption      = 16
	tagCipher          = 17
	tagCipherUnknown   = 18
	tagIV              = 19
	tagPlainPadding    = 20
	tagKeyInfo         = 21
	tagKeyUnknown      = 22
	tagKeyBits         = 23
	tagKeyAlgorithm    = 24
	tagKey             = 25
	tagPlainDigest     = 26
	tagPlainDigestHash = 27
)

// record tags
const (
	recLength      = 1
	recDNSName     = 2
	recSubject     = 3
	recFunction    = 4
	recIssuer      = 5
	recSerial      = 6
	recPublicKey   = 7
	recSignature   = 8
	recCertificate = 9
	recIPAddress   = 10
	recCertHash    = 11
	recHashAlgo    = 12
)

// tagNames names the tags that are known.
type tagNames [256]string

func (n *tagNames) known(tag byte) bool { return n[tag] != "" }

func (n *tagNames) name(tag byte) string {
	if !n.known(tag) {
		return "UNKNOWN"
	}
	return n[tag]
}

// headerTags and recordTags spell the tags as `show itl` does, its
// misspellings included.
var (
	headerTags = tagNames{
		tagVersion: "VERSION", tagHeaderLength: "HEADERLENGTH",
		tagSignerID: "SIGNERID", tagSignerName: "SIGNERNAME",
		tagSignerSerial: "SERIALNUMBER", tagCAName: "CANAME",
		tagSignatureInfo: "SIGNATUREINFO", tagDigest: "DIGESTALGORTITHM",
		tagSignatureAlgoInfo:  "SIGNATUREALGOINFO",
		tagSignatureAlgorithm: "SIGNATUREALGORTITHM",
		tagSignatureModulus:   "SIGNATUREMODULUS", tagSignature: "SIGNATURE",
		tagPad: "PAD", tagFilename: "FILENAME", tagTimestamp: "TIMESTAMP",
		tagSignerVersion: "SIGNERVERSION",
	}
	encryptedTags = withEncryption(headerTags)
	recordTags    = tagNames{
		recLength: "RECORDLENGTH", recDNSName: "DNSNAME", recSubject: "SUBJECTNAME",
		recFunction: "FUNCTION", recIssuer: "ISSUERNAME", recSerial: "SERIALNUMBER",
		recPublicKey: "PUBLICKEY", recSignature: "SIGNATURE",
		recCertificate: "CERTIFICATE", recIPAddress: "IPADDRESS",
		recCertHash: "CERTHASH", recHashAlgo: "HASH ALGORITHM",
	}
)

// withEncryption adds the tags of an encrypted configuration. CUCM prints no such
// file: the names are this project's own.
func withEncryption(names tagNames) tagNames {
	for tag, name := range map[byte]string{
		tagEncryption: "ENCRYPTION", tagCipher: "CIPHER", tagCipherUnknown: "UNKNOWN", tagIV: "IV",
		tagPlainPadding: "PADDING", tagKeyInfo: "KEYINFO", tagKeyUnknown: "UNKNOWN", tagKeyBits: "KEYBITS",
		tagKeyAlgorithm: "KEYALGORITHM", tagKey: "KEY", tagPlainDigest: "PLAINDIGESTALGORITHM",
		tagPlainDigestHash: "PLAINDIGEST",
	} {
		names[tag] = name
	}
	return names
}

// containers are those that a header's elements belong in; 0 is the header
// itself.
var containers = [256]byte{
	tagSignerName: tagSignerID, tagSignerSerial: tagSignerID, tagCAName: tagSignerID,
	tagDigest: tagSignatureInfo, tagSignatureAlgoInfo: tagSignatureInfo,
	tagSignatureAlgorithm: tagSignatureAlgoInfo, tagSignatureModulus: tagSignatureAlgoInfo,
	tagCipher: tagEncryption, tagKeyInfo: tagEncryption,
	tagCipherUnknown: tagCipher, tagIV: tagCipher, tagPlainPadding: tagCipher,
	tagKeyUnknown: tagKeyInfo, tagKeyBits: tagKeyInfo, tagKeyAlgorithm: tagKeyInfo, tagKey: tagKeyInfo,
}

// A FormatError says where and why a file is not a trust list or signed file.
type FormatError struct {
	Offset int    // of the element's tag, from the start of the file
	Tag    byte   // 0 where no element could be read
	Name   string // the tag's name, as `show itl` spells it
	Reason string
}

func (e *FormatError) Error() string {
	if e.Tag == 0 {
		return fmt.Sprintf("malformed at offset %d: %s", e.Offset, e.Reason)
	}
	return fmt.Sprintf("malformed at offset %d, tag %d %s: %s", e.Offset, e.Tag, e.Name, e.Reason)
}

// element is one tag-length-value of a header or record.
type element struct {
	offset int
	tag    byte
	names  *tagNames
	value  []byte
}

func (e element) name() string { return e.names.name(e.tag) }

func (e element) errorf(format string, args ...any) *FormatError {
	return &FormatError{e.offset, e.tag, e.name(), fmt.Sprintf(format, args...)}
}

// uint reads a number of exactly size bytes.
func (e element) uint(size int) (uint32, *FormatError) {
	if len(e.value) != size {
		return 0, e.errorf("length %d, want %d", len(e.value), size)
	}
	var n uint32
	for _, b := range e.value {
		n = n<<8 | uint32(b)
	}
	return n, nil
}

// text reads a string and drops its NUL.
func (e element) text() string { return string(bytes.TrimRight(e.value, "\x00")) }

// elements walks the tag-length-values of data[pos:end]. What ends beyond end
// is an error; there is no other way to read past it.
type elements struct {
	data     []byte
	pos, end int
	names    *tagNames
	in       byte // the header's container that is walked, 0 outside
}

func (r *elements) more() bool { return r.pos < r.end }

func (r *elements) next() (element, *FormatError) {
	e := element{offset: r.pos, tag: r.data[r.pos], names: r.names}
	if r.end-r.pos < 3 {
		return e, e.errorf("%d bytes left, too few for an element", r.end-r.pos)
	}
	length := int(binary.BigEndian.Uint16(r.data[r.pos+1:]))
	if length > r.end-r.pos-3 {
		return e, e.errorf("length %d, but only %d bytes are left", length, r.end-r.pos-3)
	}
	e.value = r.data[r.pos+3 : r.pos+3+length]
	r.pos += 3 + length
	return e, nil
}

// inside walks the elements within a container.
func (r *elements) inside(e element) elements {
	in := *r
	in.pos, in.end, in.in = e.offset+3, e.offset+3+len(e.value), e.tag
	return in
}

// appendElement does not check that the length fits: whoever appends a header
// or record checks its total, which exceeds every length in it.
func appendElement(b []byte, tag byte, value []byte) []byte {
	b = append(b, tag)
	b = binary.BigEndian.AppendUint16(b, uint16(len(value)))
	return append(b, value...)
}

func appendText(b []byte, tag byte, s string) []byte {
	return appendElement(b, tag, append([]byte(s), 0))
}
