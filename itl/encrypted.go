package itl

import (
	"crypto/aes"
	"crypto/sha1"
	"fmt"
)

// An Encrypted is an encrypted configuration (.enc.sgn): signed like a .sgn, with
// a payload that only the phone can read for which it is encrypted. The layout is
// usecallmanager's; no file of CUCM's own is public.
type Encrypted struct {
	Signed
	// KeyBits and KeyAlgorithm are numbers of the file: 128 and 1 stand for
	// AES-128 in CBC mode.
	KeyBits      int
	KeyAlgorithm byte
	IV           []byte
	Key          []byte // the AES key, encrypted by RSA for the phone's certificate
	Padding      int    // bytes that pad the plain file to whole blocks
	PlainDigest  Digest // of PlainSum
	PlainSum     []byte // of the plain file before padding
	Ciphertext   []byte
}

// encryption is what the header of an encrypted configuration says of it.
type encryption struct {
	iv, key, plainSum []byte
	padding, keyBits  int
	keyAlgorithm      byte
	plainDigest       Digest
}

// requiredOfEncrypted are the elements that the header of an encrypted
// configuration may not lack besides those of any.
var requiredOfEncrypted = [...]byte{tagIV, tagPlainPadding, tagKey, tagPlainDigest, tagPlainDigestHash}

// set takes an element of the header.
func (c *encryption) set(h *Header, r *elements, e element, seen *[256]bool) (err *FormatError) {
	var n uint32
	switch e.tag {
	case tagEncryption, tagCipher, tagKeyInfo:
		in := r.inside(e)
		return h.parse(&in, seen)
	case tagIV:
		if c.iv = e.value; len(e.value) != aes.BlockSize {
			return e.errorf("length %d, want %d", len(e.value), aes.BlockSize)
		}
	case tagPlainPadding:
		n, err = e.uint(2)
		if c.padding = int(n); err == nil && (n == 0 || n > aes.BlockSize) {
			return e.errorf("%d bytes, want 1 to %d", n, aes.BlockSize)
		}
	case tagKeyBits:
		n, err = e.uint(2)
		c.keyBits = int(n)
	case tagKeyAlgorithm:
		n, err = e.uint(1)
		c.keyAlgorithm = byte(n)
	case tagKey:
		if c.key = e.value; len(e.value) == 0 {
			return e.errorf("empty")
		}
	case tagPlainDigest:
		n, err = e.uint(1)
		c.plainDigest = Digest(n)
	case tagPlainDigestHash:
		c.plainSum = e.value
	}
	return err
}

// ParseEncrypted reads an encrypted configuration. The result refers to data,
// which must not change afterwards. Every error is a [*FormatError].
func ParseEncrypted(data []byte) (*Encrypted, error) {
	h, err := parseHeader(data, true)
	if err != nil {
		return nil, err
	}
	c, ciphertext := h.encryption, data[h.Length:]
	if len(ciphertext)%aes.BlockSize != 0 || len(ciphertext) < aes.BlockSize {
		reason := fmt.Sprintf("%d bytes of ciphertext are no whole blocks of %d", len(ciphertext), aes.BlockSize)
		return nil, &FormatError{Offset: h.Length, Reason: reason}
	}
	return &Encrypted{
		Signed:  Signed{*h, data, sha1.Sum(data)},
		KeyBits: c.keyBits, KeyAlgorithm: c.keyAlgorithm, IV: c.iv, Key: c.key, Padding: c.padding,
		PlainDigest: c.plainDigest, PlainSum: c.plainSum, Ciphertext: ciphertext,
	}, nil
}

// Scheme says how the file is encrypted, as far as can be told without the key.
func (f *Encrypted) Scheme() string {
	cipher := fmt.Sprintf("key algorithm %d", f.KeyAlgorithm)
	if f.KeyAlgorithm == 1 {
		cipher = "AES in CBC mode"
	}
	return fmt.Sprintf("%s, its key by RSA of %d bits", cipher, 8*len(f.Key))
}

// plainLength is the plain file's.
func (f *Encrypted) plainLength() int { return len(f.Ciphertext) - f.Padding }
