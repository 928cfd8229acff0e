package itl_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
)

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
		{"a container that ends with one byte",
			header(tlv(3, join(name, serial, caName, []byte{99})...), sigInfo, signature, filename, timestamp),
			at{33, 99}},
		{"an inner container beyond the outer", patched(small, 42, 9), at{40, 9}},
		{"padding in a container", withSigInfo(digest, algorithm, tlv(13)), at{51, 13}},
		{"SIGNERNAME outside SIGNERID", header(name, signerID, sigInfo, signature, filename, timestamp), at{10, 4}},
		{"SIGNATURE inside SIGNERID",
			header(tlv(3, join(name, serial, caName, signature)...), sigInfo, filename, timestamp),
			at{33, 12}},
		{"SIGNATUREMODULUS outside SIGNATUREALGOINFO", withSigInfo(digest, tlv(11, 1)), at{40, 11}},
		{"a container inside itself", header(tlv(3, signerID...), sigInfo, signature, filename, timestamp), at{13, 3}},
		{"no SIGNERNAME", header(tlv(3, join(serial, caName)...), sigInfo, signature, filename, timestamp), at{72, 4}},
		{"no CANAME", header(tlv(3, join(name, serial)...), sigInfo, signature, filename, timestamp), at{72, 6}},
		{"no SERIALNUMBER", header(tlv(3, join(name, caName)...), sigInfo, signature, filename, timestamp), at{76, 5}},
		{"an empty SERIALNUMBER",
			header(tlv(3, join(name, tlv(5), caName)...), sigInfo, signature, filename, timestamp),
			at{21, 5}},
		{"no DIGESTALGORITHM", withSigInfo(algorithm), at{76, 8}},
		{"SHA-256", patched(small, 39, 2), at{36, 8}},
		{"DIGESTALGORITHM of two bytes", withSigInfo(tlv(8, 0, 1), algorithm), at{36, 8}},
		{"SIGNATUREMODULUS of two bytes", withSigInfo(digest, tlv(9, join(tlv(10, 0), tlv(11, 0, 1))...)), at{47, 11}},
		{"no SIGNATURE", header(signerID, sigInfo, filename, timestamp), at{73, 12}},
		{"an empty SIGNATURE", header(signerID, sigInfo, tlv(12), filename, timestamp), at{51, 12}},
		{"a SIGNATURE of 513 bytes", header(signerID, sigInfo, tlv(12, make([]byte, 513)...), filename, timestamp),
			at{51, 12}},
		{"no FILENAME", header(signerID, sigInfo, signature, timestamp), at{65, 14}},
		{"no TIMESTAMP", header(signerID, sigInfo, signature, filename), at{73, 15}},
		{"TIMESTAMP of eight bytes", header(signerID, sigInfo, signature, filename, tlv(15, make([]byte, 8)...)),
			at{73, 15}},
		{"SIGNERVERSION of one byte", header(tlv(28, 1), signerID, sigInfo, signature, filename, timestamp),
			at{10, 28}},
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
		{"a configuration, which is not a list", join(small, []byte("<device/>")), at{80, '<'}},
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
	require.EqualError(t, err, "malformed at offset 36, tag 8 DIGESTALGORTITHM: "+
		"digest 2 is neither SHA-1 (1) nor SHA-512 (3)")
	_, err = itl.ParseList(nil)
	require.EqualError(t, err, "malformed at offset 0: the file ends inside its header")
	_, err = itl.ParseList(header(tlv(3, join(name, serial, caName, signature)...)))
	require.EqualError(t, err, "malformed at offset 33, tag 12 SIGNATURE: stands in SIGNERID, belongs in the header")
}
