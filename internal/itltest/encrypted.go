// Package itltest makes signed files for tests that clusters of this project do
// not serve.
package itltest

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"time"

	"itlsim/itl"
)

// Encrypted is an encrypted configuration (.enc.sgn) as usecallmanager's enccnf
// makes it: AES-128 in CBC mode, the key encrypted for the phone's certificate.
func Encrypted(name string, plain []byte, at time.Time, signer itl.Signer, phone *rsa.PublicKey) ([]byte, error) {
	sum := sha1.Sum(plain)
	key, iv := make([]byte, 16), make([]byte, aes.BlockSize)
	rand.Read(key)
	rand.Read(iv)
	padding := aes.BlockSize - len(plain)%aes.BlockSize
	ciphertext := append(bytes.Clone(plain), bytes.Repeat([]byte{'\r'}, padding)...)
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	cipher.NewCBCEncrypter(block, iv).CryptBlocks(ciphertext, ciphertext)
	//lint:ignore SA1019 the format knows no other
	forPhone, err := rsa.EncryptPKCS1v15(rand.Reader, phone, key)
	if err != nil {
		return nil, err
	}

	private, ok := signer.Key.(*rsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("%T is not an RSA key", signer.Key)
	}
	id := itl.IdentityOf(signer.Certificate)
	head := join(
		tlv(3, tlv(4, text(id.Subject)), tlv(5, id.Serial), tlv(6, text(id.Issuer))),
		tlv(7, tlv(8, []byte{1}), tlv(9, tlv(10, []byte{0}), tlv(11, []byte{1}))),
	)
	tail := join(
		tlv(14, text(name)), tlv(15, binary.BigEndian.AppendUint32(nil, uint32(at.Unix()))),
		tlv(16,
			tlv(17, tlv(18, []byte{0}), tlv(19, iv), tlv(20, number(padding))),
			tlv(21, tlv(22, []byte{0}), tlv(23, number(8*len(key))), tlv(24, []byte{1}), tlv(25, forPhone)),
		),
		tlv(26, []byte{1}), tlv(27, sum[:]),
	)
	signed := 3 + private.Size()
	for (10+len(head)+signed+len(tail))%4 != 0 {
		tail = append(tail, 13)
	}
	head = join(tlv(1, []byte{2, 0}), tlv(2, number(10+len(head)+signed+len(tail))), head)
	covered := sha1.Sum(join(head, tail, ciphertext))
	signature, err := rsa.SignPKCS1v15(nil, private, crypto.SHA1, covered[:])
	if err != nil {
		return nil, err
	}
	return join(head, tlv(12, signature), tail, ciphertext), nil
}

// Stub is the plain configuration that stands in the place of an encrypted one.
func Stub(certHash string) []byte {
	return fmt.Appendf(nil, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<device>\n"+
		"<fullConfig>false</fullConfig>\n<capfAuthMode>0</capfAuthMode>\n<certHash>%s</certHash>\n"+
		"<encrConfig>true</encrConfig>\n</device>\n", certHash)
}

func join(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func tlv(tag byte, value ...[]byte) []byte {
	v := join(value...)
	return append(binary.BigEndian.AppendUint16([]byte{tag}, uint16(len(v))), v...)
}

func text(s string) []byte { return append([]byte(s), 0) }

func number(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }
