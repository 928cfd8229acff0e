package itl_test

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"encoding/binary"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
)

// Files that this package would not write are made here, element by element.

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }

func tlv(tag byte, value ...byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{tag}, uint16(len(value))), value...)
}

func text(tag byte, s string) []byte { return tlv(tag, append([]byte(s), 0)...) }

// header puts VERSION 1.2 and the HEADERLENGTH before a header's elements.
func header(elements ...[]byte) []byte {
	rest := join(elements...)
	length := binary.BigEndian.AppendUint16(nil, uint16(10+len(rest)))
	return join(tlv(1, 1, 2), tlv(2, length...), rest)
}

// record puts the RECORDLENGTH before a record's elements.
func record(elements ...[]byte) []byte {
	rest := join(elements...)
	return join(tlv(1, binary.BigEndian.AppendUint16(nil, uint16(5+len(rest)))...), rest)
}

// cut drops the last byte.
func cut(b []byte) []byte { return b[:len(b)-1] }

// patched overwrites what stands at an offset.
func patched(b []byte, offset int, with ...byte) []byte {
	b = slices.Clone(b)
	copy(b[offset:], with)
	return b
}

// The elements of a small header, in CUCM's order. Its lengths add up to 80
// bytes, so that it needs no padding; the comments tell where each stands.
var (
	name      = text(4, "CN=a")                                           // 13
	serial    = tlv(5, 0x17)                                              // 21
	caName    = text(6, "CN=a")                                           // 25
	signerID  = tlv(3, join(name, serial, caName)...)                     // 10
	digest    = tlv(8, 1)                                                 // 36
	algorithm = tlv(9, join(tlv(10, 0), tlv(11, 1))...)                   // 40
	sigInfo   = tlv(7, join(digest, algorithm)...)                        // 33
	signature = tlv(12, 1, 2, 3, 4)                                       // 51
	filename  = text(14, itl.ITLFilename)                                 // 58
	timestamp = tlv(15, 0, 0, 0, 1)                                       // 73
	small     = header(signerID, sigInfo, signature, filename, timestamp) // 80 bytes
	role      = tlv(4, 0, 2)                                              // of a record: CCM+TFTP
)

// signed signs a file whose header is made of head, the signature and tail.
func signed(t testing.TB, key *rsa.PrivateKey, head, tail, body []byte) []byte {
	t.Helper()
	h := header(head, tlv(12, make([]byte, key.Size())...), tail)
	covered := sha1.Sum(join(h[:10], head, tail, body))
	sig, err := rsa.SignPKCS1v15(nil, key, crypto.SHA1, covered[:])
	require.NoError(t, err)
	return join(patched(h, 10+len(head)+3, sig...), body)
}
