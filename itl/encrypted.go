package itl

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
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

// append writes the elements of an encrypted configuration's header.
func (c *encryption) append(b []byte) []byte {
	var cipher, info []byte
	cipher = appendElement(cipher, tagCipherUnknown, []byte{0})
	cipher = appendElement(cipher, tagIV, c.iv)
	cipher = appendElement(cipher, tagPlainPadding, binary.BigEndian.AppendUint16(nil, uint16(c.padding)))
	info = appendElement(info, tagKeyUnknown, []byte{0})
	info = appendElement(info, tagKeyBits, binary.BigEndian.AppendUint16(nil, uint16(c.keyBits)))
	info = appendElement(info, tagKeyAlgorithm, []byte{c.keyAlgorithm})
	info = appendElement(info, tagKey, c.key)
	b = appendElement(b, tagEncryption, appendElement(appendElement(nil, tagCipher, cipher), tagKeyInfo, info))
	b = appendElement(b, tagPlainDigest, []byte{byte(c.plainDigest)})
	return appendElement(b, tagPlainDigestHash, c.plainSum)
}

// What encrypted files are: AES-128 in CBC mode, padded with bytes of 0x0D.
const (
	aesBits      = 128
	aesCBC       = 1
	plainPadding = '\r'
)

// EncryptFile makes the .enc.sgn of a plain file, version 2.0, for whoever has the
// private key to a certificate's.
func EncryptFile(
	name string, plain []byte, d Digest, at time.Time, s Signer, recipient *rsa.PublicKey, random io.Reader,
) ([]byte, error) {
	c := &encryption{
		iv: make([]byte, aes.BlockSize), padding: aes.BlockSize - len(plain)%aes.BlockSize,
		keyBits: aesBits, keyAlgorithm: aesCBC, plainDigest: d,
	}
	key := make([]byte, aesBits/8)
	for _, secret := range [][]byte{key, c.iv} {
		if _, err := io.ReadFull(random, secret); err != nil {
			return nil, fmt.Errorf("encrypt %s: %w", name, err)
		}
	}
	if d.hash() == 0 {
		return nil, fmt.Errorf("encrypt %s: %s is not supported", name, d)
	}
	h := d.hash().New()
	h.Write(plain)
	c.plainSum = h.Sum(nil)
	block, err := aes.NewCipher(key)
	if err == nil {
		//lint:ignore SA1019 the format knows no other
		c.key, err = rsa.EncryptPKCS1v15(random, recipient, key)
	}
	if err != nil {
		return nil, fmt.Errorf("encrypt %s: %w", name, err)
	}
	ciphertext := append(bytes.Clone(plain), bytes.Repeat([]byte{plainPadding}, c.padding)...)
	cipher.NewCBCEncrypter(block, c.iv).CryptBlocks(ciphertext, ciphertext)
	return sign(Header{
		Version: Version{2, 0}, Digest: d, Filename: name, Timestamp: at, encryption: c,
	}, ciphertext, s)
}

// Decrypt gives the plain file to the holder of the key. It says nothing of the
// signature.
func (f *Encrypted) Decrypt(key *rsa.PrivateKey) ([]byte, error) {
	failed := func(err error) ([]byte, error) { return nil, fmt.Errorf("decrypt %s: %w", printable(f.Filename), err) }
	if f.KeyAlgorithm != aesCBC || f.PlainDigest.hash() == 0 {
		return failed(fmt.Errorf("key algorithm %d over %s is not known", f.KeyAlgorithm, f.PlainDigest))
	}
	//lint:ignore SA1019 the format knows no other
	secret, err := rsa.DecryptPKCS1v15(nil, key, f.Key)
	if err != nil {
		return failed(err)
	}
	block, err := aes.NewCipher(secret)
	if err != nil {
		return failed(err)
	}
	plain := make([]byte, len(f.Ciphertext))
	cipher.NewCBCDecrypter(block, f.IV).CryptBlocks(plain, f.Ciphertext)
	plain = plain[:f.plainLength()]
	h := f.PlainDigest.hash().New()
	h.Write(plain)
	if !bytes.Equal(h.Sum(nil), f.PlainSum) {
		return failed(errors.New("what came of it has another checksum"))
	}
	return plain, nil
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
