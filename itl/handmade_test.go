package itl_test

import (
	"bytes"
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

// What certutils writes: names in the certificate's own order, CANAME last but
// one, SIGNERVERSION, records without DNSNAME and in another order.
func certutilsList(t testing.TB, signer itl.Signer) []byte {
	const dn = "C=US,O=cisco,OU=tac,CN=SAST"
	cert, key := signer.Certificate, signer.Key.(*rsa.PrivateKey)
	number := cert.SerialNumber.Bytes()
	head := join(
		tlv(28, 1, 1),
		tlv(3, join(text(4, dn), text(6, dn), tlv(5, number...))...),
		sigInfo,
	)
	tail := join(filename, tlv(15, 0x53, 0x0e, 0x33, 0x9b))
	for (10+len(head)+3+key.Size()+len(tail))%4 != 0 {
		tail = append(tail, 13)
	}
	var body []byte
	for _, role := range []byte{0, 3} {
		body = append(body, record(
			text(3, dn), text(5, dn), tlv(6, number...), tlv(4, 0, role),
			tlv(7, itl.FullRecord(0, cert).PublicKey...), tlv(8, cert.Signature...), tlv(9, cert.Raw...),
		)...)
	}
	return signed(t, key, head, tail, body)
}

func TestListOfCertutils(t *testing.T) {
	signer := newCluster(newLab(t)).callManager
	data := certutilsList(t, signer)
	list, err := itl.ParseList(data)
	require.NoError(t, err)
	require.NoError(t, list.VerifySelf(), "serial numbers decide: the names are not those of CUCM")

	require.Equal(t, itl.Version{Major: 1, Minor: 2}, list.Version)
	require.Equal(t, itl.Version{Major: 1, Minor: 1}, list.SignerVersion)
	require.Equal(t, signer.Certificate.SerialNumber.Bytes(), list.Signer.Serial)
	require.Equal(t, "C=US,O=cisco,OU=tac,CN=SAST", list.Signer.Issuer)
	require.Len(t, list.With(itl.SAST, itl.TFTP), 2)
	require.True(t, list.Records[1].Holds(signer.Certificate.Raw))
	require.Empty(t, list.Records[0].DNSName)
}

// Phones go on past what they do not know: "hdr ver 1.2 (knows only upto
// 1.1)", "skipping 1 trail bytes (pad and/or unknown TLVs)".
func TestWhatPhonesTolerate(t *testing.T) {
	unknown := tlv(99, 1, 2, 3)
	for name, data := range map[string][]byte{
		"the small file":                   small,
		"a later minor version":            patched(small, 4, 9),
		"any order in the header":          header(timestamp, filename, signature, sigInfo, signerID),
		"any order in containers":          header(tlv(3, join(caName, name, serial)...), tlv(7, join(algorithm, digest)...), signature, filename, timestamp),
		"padding":                          header(signerID, sigInfo, signature, filename, timestamp, []byte{13, 13, 13}),
		"missing padding":                  header(signerID, sigInfo, signature, text(14, "CTL"), timestamp),
		"a last byte that looks like some": header(signerID, sigInfo, signature, filename, tlv(15, 13, 13, 13, 13)),
		"unknown elements in the header":   header(signerID, sigInfo, unknown, signature, filename, timestamp, unknown, unknown),
		"unknown elements in a container":  header(tlv(3, join(name, serial, caName, unknown)...), sigInfo, signature, filename, timestamp),
		"a modulus index of another sense": header(signerID, tlv(7, join(digest, tlv(9, join(tlv(10, 9), tlv(11, 9))...))...), signature, filename, timestamp),
		"no signature algorithm":           header(signerID, tlv(7, digest...), signature, filename, timestamp),
		"empty names":                      header(tlv(3, join(tlv(4), serial, text(6, ""))...), sigInfo, signature, filename, timestamp),
		"a record with a role alone":       join(small, record(role)),
		"unknown elements in a record":     join(small, record(unknown, role, unknown)),
		"an unknown role":                  join(small, record(tlv(4, 0xff, 0xff))),
		"an EC key":                        join(small, record(role, tlv(7, bytes.Repeat([]byte{4}, 65)...))),
	} {
		list, err := itl.ParseList(data)
		require.NoError(t, err, name)
		require.Equal(t, data, list.Bytes(), name)
		require.Error(t, list.VerifySelf(), name)
		checkList(t, data)
	}
}

func TestPaddingIsNoPartOfTheTimestamp(t *testing.T) {
	list, err := itl.ParseList(header(signerID, sigInfo, signature, filename, tlv(15, 13, 13, 13, 13), []byte{13}))
	require.NoError(t, err)
	require.EqualValues(t, 0x0d0d0d0d, list.Timestamp.Unix())
}

func TestMalformed(t *testing.T) {
	type at struct {
		offset int
		tag    byte
	}
	withSigInfo := func(inner ...[]byte) []byte {
		return header(signerID, tlv(7, join(inner...)...), signature, filename, timestamp)
	}
	withRecord := func(elements ...[]byte) []byte { return join(small, record(elements...)) }
	for _, tc := range []struct {
		name string
		data []byte
		at   at
	}{
		{"an empty file", nil, at{0, 0}},
		{"text", []byte("<device>"), at{0, '<'}},
		{"the end within VERSION", small[:2], at{0, 1}},
		{"the end after VERSION", small[:5], at{5, 0}},
		{"the end within HEADERLENGTH", small[:9], at{5, 2}},
		{"the end within the header", cut(small), at{5, 2}},
		{"more than a phone downloads", make([]byte, itl.MaxFile+1), at{itl.MaxFile, 0}},
		{"an encrypted configuration", patched(small, 3, 2, 0), at{0, 1}},
		{"VERSION of three bytes", join(tlv(1, 1, 2, 0), small[5:]), at{0, 1}},
		{"VERSION missing", small[5:], at{0, 2}},
		{"HEADERLENGTH missing", join(small[:5], small[10:]), at{5, 3}},
		{"HEADERLENGTH of one byte", join(small[:5], tlv(2, 80), small[10:]), at{5, 2}},
		{"HEADERLENGTH within itself", patched(small, 8, 0, 9), at{5, 2}},
		{"HEADERLENGTH beyond the file", patched(small, 8, 0xff, 0xff), at{5, 2}},
		{"HEADERLENGTH before the last element", patched(small, 8, 0, 73), at{73, 15}},
		{"HEADERLENGTH within an element", patched(small, 8, 0, 79), at{73, 15}},
		{"VERSION twice", header(tlv(1, 1, 2), signerID, sigInfo, signature, filename, timestamp), at{10, 1}},
		{"FILENAME twice", header(signerID, sigInfo, signature, filename, filename, timestamp), at{73, 14}},
		{"SIGNERID twice", header(signerID, signerID, sigInfo, signature, filename, timestamp), at{33, 3}},
		{"a container that an element overflows", patched(small, 12, 19), at{25, 6}},
		{"a container that ends with one byte", header(tlv(3, join(name, serial, caName, []byte{99})...), sigInfo, signature, filename, timestamp), at{33, 99}},
		{"an inner container beyond the outer", patched(small, 42, 9), at{40, 9}},
		{"padding in a container", withSigInfo(digest, algorithm, tlv(13)), at{51, 13}},
		{"SIGNERNAME outside SIGNERID", header(name, signerID, sigInfo, signature, filename, timestamp), at{10, 4}},
		{"SIGNATURE inside SIGNERID", header(tlv(3, join(name, serial, caName, signature)...), sigInfo, filename, timestamp), at{33, 12}},
		{"SIGNATUREMODULUS outside SIGNATUREALGOINFO", withSigInfo(digest, tlv(11, 1)), at{40, 11}},
		{"a container inside itself", header(tlv(3, signerID...), sigInfo, signature, filename, timestamp), at{13, 3}},
		{"no SIGNERNAME", header(tlv(3, join(serial, caName)...), sigInfo, signature, filename, timestamp), at{72, 4}},
		{"no CANAME", header(tlv(3, join(name, serial)...), sigInfo, signature, filename, timestamp), at{72, 6}},
		{"no SERIALNUMBER", header(tlv(3, join(name, caName)...), sigInfo, signature, filename, timestamp), at{76, 5}},
		{"an empty SERIALNUMBER", header(tlv(3, join(name, tlv(5), caName)...), sigInfo, signature, filename, timestamp), at{21, 5}},
		{"no DIGESTALGORITHM", withSigInfo(algorithm), at{76, 8}},
		{"SHA-256", patched(small, 39, 2), at{36, 8}},
		{"DIGESTALGORITHM of two bytes", withSigInfo(tlv(8, 0, 1), algorithm), at{36, 8}},
		{"SIGNATUREMODULUS of two bytes", withSigInfo(digest, tlv(9, join(tlv(10, 0), tlv(11, 0, 1))...)), at{47, 11}},
		{"no SIGNATURE", header(signerID, sigInfo, filename, timestamp), at{73, 12}},
		{"an empty SIGNATURE", header(signerID, sigInfo, tlv(12), filename, timestamp), at{51, 12}},
		{"a SIGNATURE of 513 bytes", header(signerID, sigInfo, tlv(12, make([]byte, 513)...), filename, timestamp), at{51, 12}},
		{"no FILENAME", header(signerID, sigInfo, signature, timestamp), at{65, 14}},
		{"no TIMESTAMP", header(signerID, sigInfo, signature, filename), at{73, 15}},
		{"TIMESTAMP of eight bytes", header(signerID, sigInfo, signature, filename, tlv(15, make([]byte, 8)...)), at{73, 15}},
		{"SIGNERVERSION of one byte", header(tlv(28, 1), signerID, sigInfo, signature, filename, timestamp), at{10, 28}},
		{"padding before the end", header(signerID, sigInfo, signature, []byte{13}, filename, timestamp), at{59, 14}},
		{"zeros for padding", header(signerID, sigInfo, signature, filename, timestamp, []byte{0, 0}), at{80, 0}},

		{"a record's first byte alone", join(small, []byte{1}), at{80, 1}},
		{"a record that does not begin with its length", join(small, role), at{80, 4}},
		{"RECORDLENGTH of one byte", join(small, tlv(1, 10), role), at{80, 1}},
		{"RECORDLENGTH within itself", join(small, tlv(1, 0, 4), role), at{80, 1}},
		{"RECORDLENGTH of zero", join(small, tlv(1, 0, 0)), at{80, 1}},
		{"RECORDLENGTH beyond the file", join(small, tlv(1, 0, 11), role), at{80, 1}},
		{"RECORDLENGTH within an element", join(small, tlv(1, 0, 9), role), at{85, 4}},
		{"RECORDLENGTH within an element's head", join(small, tlv(1, 0, 12), role, role), at{90, 4}},
		{"RECORDLENGTH twice", withRecord(tlv(1, 0, 10), role), at{85, 1}},
		{"FUNCTION twice", withRecord(role, role), at{90, 4}},
		{"no FUNCTION", withRecord(text(2, "host")), at{80, 4}},
		{"no FUNCTION in the second record", join(small, record(role), record()), at{90, 4}},
		{"FUNCTION of one byte, as in TVS answers", withRecord(tlv(4, 2)), at{85, 4}},
		{"IPADDRESS of five bytes", withRecord(role, tlv(10, 1, 2, 3, 4, 5)), at{90, 10}},
		{"CERTHASH of 32 bytes", withRecord(role, tlv(11, make([]byte, 32)...)), at{90, 11}},
		{"HASH ALGORITHM 2", withRecord(role, tlv(12, 2)), at{90, 12}},
		{"HASH ALGORITHM of two bytes", withRecord(role, tlv(12, 0, 1)), at{90, 12}},
		{"a configuration, which is no list", join(small, []byte("<device/>")), at{80, '<'}},
	} {
		list, err := itl.ParseList(tc.data)
		require.Nil(t, list, tc.name)
		var malformed *itl.FormatError
		require.ErrorAs(t, err, &malformed, tc.name)
		require.Equal(t, tc.at, at{malformed.Offset, malformed.Tag}, "%s: %v", tc.name, err)
	}
}

func TestFormatErrorNamesTheElement(t *testing.T) {
	_, err := itl.ParseList(patched(small, 39, 2))
	require.EqualError(t, err, "malformed at offset 36, tag 8 DIGESTALGORTITHM: digest 2 is neither SHA-1 (1) nor SHA-512 (3)")
	_, err = itl.ParseList(nil)
	require.EqualError(t, err, "malformed at offset 0: the file ends inside its header")
	_, err = itl.ParseList(header(tlv(3, join(name, serial, caName, signature)...)))
	require.EqualError(t, err, "malformed at offset 33, tag 12 SIGNATURE: stands in SIGNERID, belongs in the header")
}
