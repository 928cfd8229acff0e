package itl_test

import (
	"bytes"
	"crypto/rsa"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
)

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
	for what, data := range map[string][]byte{
		"the small file":          small,
		"a later minor version":   patched(small, 4, 9),
		"any order in the header": header(timestamp, filename, signature, sigInfo, signerID),
		"any order in containers": header(tlv(3, join(caName, name, serial)...), tlv(7, join(algorithm, digest)...),
			signature, filename, timestamp),
		"padding": header(signerID, sigInfo, signature, filename, timestamp,
			[]byte{13, 13, 13}),
		"missing padding":                  header(signerID, sigInfo, signature, text(14, "CTL"), timestamp),
		"a last byte that looks like some": header(signerID, sigInfo, signature, filename, tlv(15, 13, 13, 13, 13)),
		"unknown elements in the header": header(signerID, sigInfo, unknown, signature, filename, timestamp,
			unknown, unknown),
		"unknown elements in a container": header(tlv(3, join(name, serial, caName, unknown)...),
			sigInfo, signature, filename, timestamp),
		"a modulus index of another sense": header(signerID,
			tlv(7, join(digest, tlv(9, join(tlv(10, 9), tlv(11, 9))...))...),
			signature, filename, timestamp),
		"no signature algorithm": header(signerID, tlv(7, digest...), signature, filename, timestamp),
		"empty names": header(tlv(3, join(tlv(4), serial, text(6, ""))...),
			sigInfo, signature, filename, timestamp),
		"a record with a role alone":   join(small, record(role)),
		"unknown elements in a record": join(small, record(unknown, role, unknown)),
		"an unknown role":              join(small, record(tlv(4, 0xff, 0xff))),
		"an EC key":                    join(small, record(role, tlv(7, bytes.Repeat([]byte{4}, 65)...))),
	} {
		list, err := itl.ParseList(data)
		require.NoError(t, err, what)
		require.Equal(t, data, list.Bytes(), what)
		require.Error(t, list.VerifySelf(), what)
		checkList(t, data)
	}
}

// Pad bytes have no length: neither the timestamp's last bytes nor three of
// the padding may be read as an element.
func TestPaddingIsNoElement(t *testing.T) {
	padding := bytes.Repeat([]byte{13}, 4000)
	list, err := itl.ParseList(header(signerID, sigInfo, signature, filename, tlv(15, 13, 13, 13, 13), padding))
	require.NoError(t, err)
	require.EqualValues(t, 0x0d0d0d0d, list.Timestamp.Unix())
	require.NotContains(t, itl.Show(list, time.UTC), "PAD")
}
