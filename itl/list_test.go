package itl_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"math/big"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/itl"
)

// The lengths in both dumps of document 117598, to the byte: before the reset
// the publisher's CallManager key signs, after it the recovery key.
func TestLengthsOfDocument117598(t *testing.T) {
	c := newCluster(newLab(t))
	require.Len(t, c.callManager.Certificate.Raw, 684)
	require.Len(t, c.recovery.Certificate.Raw, 692)

	before := c.list(t)
	require.NoError(t, before.VerifySelf())
	require.Equal(t, 324, before.Length)
	require.Equal(t, []int{1115, 1115, 439, 455, 1141, 713}, recordLengths(before))
	require.Len(t, before.Bytes(), 5302)

	after, err := before.Resign(c.recovery, resetAt)
	require.NoError(t, err)
	require.NoError(t, after.VerifySelf())
	require.Equal(t, 344, after.Length)
	require.Len(t, after.Bytes(), 5322)
}

// A reset changes who signed and when, nothing else.
func TestResignKeepsTheContents(t *testing.T) {
	c := newCluster(newLab(t))
	template := c.template()
	template.Digest = itl.SHA512
	before, err := template.Sign(c.callManager)
	require.NoError(t, err)
	after, err := before.Resign(c.recovery, resetAt)
	require.NoError(t, err)

	require.Equal(t, before.Bytes()[before.Length:], after.Bytes()[after.Length:])
	require.Equal(t, itl.SHA512, after.Digest)
	require.Equal(t, before.Version, after.Version)
	require.Equal(t, before.Filename, after.Filename)
	require.Equal(t, resetAt.Unix(), after.Timestamp.Unix())
	require.Equal(t, itl.IdentityOf(c.recovery.Certificate), after.Signer)
	require.NotEqual(t, before.SHA1(), after.SHA1())

	// A phone finds the new signer in the list that it holds.
	signer, ok := before.Find(after.Signer, itl.SAST)
	require.True(t, ok)
	require.NoError(t, after.Verify(signer.Key()))
}

// The CTL of technote 118893, with its 1024-bit keys and with the 2048-bit ones
// that it changes to. The technote gives the lengths; names that fit them are
// of 61 characters, one more for the subscriber, 59 for CAPF, whose certificate
// has two extended key usages like the recovery certificate.
func TestLengthsOfACTL(t *testing.T) {
	krakow := func(cn string) pkix.Name {
		return pkix.Name{CommonName: cn, OrganizationalUnit: []string{"TAC"}, Organization: []string{"Cisco"},
			Locality: []string{"Krakow"}, Province: []string{"Malopolska"}, Country: []string{"PL"}}
	}
	const publisher, subscriber = "cucm-1051-a-pub", "cucm-1051-a-sub1"
	lab := newLab(t)
	capf := lab.certificate(cucm.ITLRecovery, 1024, krakow("CAPF-e41e7d87"))
	sub := lab.certificate(cucm.CallManager, 1024, krakow(subscriber))
	full := func(role itl.Role, s itl.Signer, host string) itl.Record {
		rec := itl.FullRecord(role, s.Certificate)
		rec.DNSName, rec.IPAddress = host, netip.MustParseAddr("10.48.47.153")
		return rec
	}
	for _, tc := range []struct {
		bits, header, total int
		records             []int
	}{
		{1024, 336, 4947, []int{1156, 1156, 1138, 1161}},
		{2048, 464, 6113, []int{1675, 1675, 1138, 1161}},
	} {
		pub := lab.certificate(cucm.CallManager, tc.bits, krakow(publisher))
		template := itl.Template{Filename: itl.CTLFilename, Timestamp: madeAt, Digest: itl.SHA1}
		template.Records = []itl.Record{
			full(itl.SAST, pub, publisher),
			full(itl.CCMTFTP, pub, publisher),
			full(itl.CAPF, capf, publisher),
			full(itl.CCMTFTP, sub, subscriber),
		}
		list, err := template.Sign(pub)
		require.NoError(t, err)
		require.NoError(t, list.VerifySelf())
		require.Equal(t, "CTL", list.Kind())
		require.Equal(t, tc.header, list.Length)
		require.Equal(t, tc.records, recordLengths(list))
		require.Len(t, list.Bytes(), tc.total)
		require.Equal(t, subscriber, list.Records[3].DNSName)
		require.Equal(t, "10.48.47.153", list.Records[3].IPAddress.String())
	}
}

// A CTL of technote 118892, signed by a hardware token: irregular names without
// an end quote, no certificate signature, and servers without certificates,
// since the cluster is no longer in mixed mode.
func TestCTLOfATokenInNonSecureMode(t *testing.T) {
	const (
		subject = `cn="SAST-ADN0054f509        ";ou=IPCBU;o="Cisco Systems`
		issuer  = `cn=Cisco Manufacturing CA;o=Cisco Systems`
		server  = "10.106.101.1"
	)
	lab := newLab(t)
	token := lab.certificate(cucm.CallManager, 1024, rtp("SAST"))
	key := token.Key.(*rsa.PrivateKey)
	number := []byte{0x83, 0xe9, 3, 4, 5, 6, 7, 8, 9, 10} // no sign byte

	head := join(tlv(3, join(text(4, subject), tlv(5, number...), text(6, issuer))...), sigInfo)
	tail := join(text(14, itl.CTLFilename), timestamp, []byte{13, 13, 13})
	sast := record(text(2, ""), text(3, subject), tlv(4, 0, 0), text(5, issuer), tlv(6, number...),
		tlv(7, x509.MarshalPKCS1PublicKey(&key.PublicKey)...), tlv(9, token.Certificate.Raw...))
	placeholder := record(text(2, server), role, tlv(10, 10, 106, 101, 1))
	require.Len(t, placeholder, 33)

	list, err := itl.ParseList(signed(t, key, head, tail, join(sast, placeholder, sast, placeholder)))
	require.NoError(t, err)
	require.Equal(t, 304, list.Length)
	require.NoError(t, list.VerifySelf())
	require.Equal(t, subject, list.Signer.Subject)

	want := itl.Record{DNSName: server, Role: itl.CCMTFTP, IPAddress: netip.MustParseAddr("10.106.101.1")}
	require.Equal(t, want, list.Records[1])
	require.Nil(t, list.Records[1].Key())
	require.False(t, list.Records[1].Holds(nil))
	_, found := list.Find(itl.Identity{Serial: []byte{0}}, itl.CCMTFTP)
	require.False(t, found, "a placeholder is not a signer's record, not even of serial number zero")
}

// A signer is issuer and serial number: half of that is another signer.
func TestFindGoesByIssuerAndSerialNumber(t *testing.T) {
	record := func(role itl.Role, subject, issuer string, serial ...byte) itl.Record {
		return itl.Record{Role: role, Identity: itl.Identity{Subject: subject, Issuer: issuer, Serial: serial}}
	}
	list := &itl.List{Records: []itl.Record{
		record(itl.SAST, "first", "CA 1", 0x83, 1),
		record(itl.SAST, "second", "CA 2", 0x83, 1),
		record(itl.SAST, "third", "CA 2", 0x83, 1),
		record(itl.TFTP, "tftp", "CA 1", 0x83, 1),
		record(itl.SAST, "zero", "CA 1", 0),
		record(itl.SAST, "placeholder", ""),
	}}
	for _, tc := range []struct {
		issuer string
		serial []byte
		role   itl.Role
		want   string
	}{
		{"CA 1", []byte{0x83, 1}, itl.SAST, "first"},
		{"CA 2", []byte{0x83, 1}, itl.SAST, "third"},
		{"CA 3", []byte{0x83, 1}, itl.SAST, ""},
		{"", []byte{0x83, 1}, itl.SAST, ""},
		{"CA 1", []byte{0, 0x83, 1}, itl.SAST, "first"}, // with a sign byte
		{"CA 1", []byte{0x83, 1}, itl.TFTP, "tftp"},
		{"CA 1", []byte{0x83, 1}, itl.TVS, ""},
		{"CA 1", []byte{0x83}, itl.SAST, ""},
		{"CA 1", []byte{0}, itl.SAST, "zero"},
		{"", nil, itl.SAST, ""},
	} {
		rec, ok := list.Find(itl.Identity{Issuer: tc.issuer, Serial: tc.serial}, tc.role)
		require.Equal(t, tc.want != "", ok, "%+v", tc)
		if ok {
			require.Equal(t, tc.want, rec.Subject)
		}
	}
}

func TestRecordsHoldCertificates(t *testing.T) {
	c := newCluster(newLab(t))
	list := c.list(t)
	for i, s := range []itl.Signer{c.callManager, c.callManager, c.capf, c.tvs, c.recovery, c.subscriberTVS} {
		rec := &list.Records[i]
		require.True(t, rec.Holds(s.Certificate.Raw))
		require.False(t, rec.Holds(cut(s.Certificate.Raw)))
		require.Equal(t, s.Certificate.PublicKey, rec.Key(), "hash-only records carry the key, too")
	}
	require.Len(t, list.With(itl.TVS), 2)
	require.False(t, (&itl.Record{Certificate: []byte{}}).Holds(nil), "an empty element is not a certificate")
}

func TestWhoDidNotSign(t *testing.T) {
	c := newCluster(newLab(t))
	list := c.list(t)

	err := list.Verify(&c.recovery.Key.(*rsa.PrivateKey).PublicKey)
	var forged *itl.SignatureError
	require.ErrorAs(t, err, &forged)
	require.ErrorIs(t, err, rsa.ErrVerification)
	require.Equal(t, itl.IdentityOf(c.callManager.Certificate), forged.Signer)

	require.ErrorIs(t, list.Verify(list.Records[5].Key()), rsa.ErrVerification, "a key of another length")
	require.ErrorContains(t, list.Verify(nil), "not an RSA key")

	template := c.template()
	template.Records = template.Records[1:4]
	list, err = template.Sign(c.callManager)
	require.NoError(t, err)
	require.ErrorContains(t, list.VerifySelf(), "no SAST record", "to be the TFTP record is not enough")
}

// A hostile list may carry a key of half a million bits and a signature to
// match: it is turned down before any arithmetic.
func TestHugeKeysCostNothing(t *testing.T) {
	list := newCluster(newLab(t)).list(t)
	n := new(big.Int).Lsh(big.NewInt(1), 1<<19)
	require.ErrorIs(t, list.Verify(&rsa.PublicKey{N: n.SetBit(n, 0, 1), E: 1<<31 - 1}), rsa.ErrVerification)
}

func TestEmptyList(t *testing.T) {
	template := itl.Template{Filename: itl.ITLFilename, Timestamp: madeAt, Digest: itl.SHA1}
	list, err := template.Sign(newCluster(newLab(t)).callManager)
	require.NoError(t, err)
	require.Empty(t, list.Records)
	require.Len(t, list.Bytes(), list.Length)
}

func TestTimestamps(t *testing.T) {
	c := newCluster(newLab(t))
	for _, unix := range []int64{0, 1<<31 - 1, 1 << 31, 1<<32 - 1} { // 1970 to 2106
		list, err := itl.Template{Digest: itl.SHA1, Timestamp: time.Unix(unix, 999)}.Sign(c.callManager)
		require.NoError(t, err)
		require.Equal(t, time.Unix(unix, 0).UTC(), list.Timestamp)
	}
	for _, at := range []time.Time{time.Unix(-1, 0), time.Unix(1<<32, 0), {}} {
		_, err := itl.Template{Digest: itl.SHA1, Timestamp: at}.Sign(c.callManager)
		require.ErrorContains(t, err, "1970 to 2106")
	}
}

// What does not fit the format is refused, not cut.
func TestWhatCannotBeSigned(t *testing.T) {
	lab := newLab(t)
	c := newCluster(lab)
	sign := func(s itl.Signer, change func(*itl.Template)) error {
		template := c.template()
		change(&template)
		_, err := template.Sign(s)
		return err
	}
	unchanged := func(*itl.Template) {}
	huge := strings.Repeat("x", 1<<16)

	require.ErrorContains(t, sign(c.callManager, func(l *itl.Template) { l.Filename = huge }), "do not fit a header")
	require.ErrorContains(t,
		sign(c.callManager, func(l *itl.Template) { l.Records[0].Subject = huge }), "do not fit a record")
	require.ErrorContains(t, sign(c.callManager, func(l *itl.Template) { l.Digest = 0 }), "digest 0 is not supported")
	require.ErrorContains(t, sign(c.callManager, func(l *itl.Template) { l.Digest = 2 }), "digest 2 is not supported")
	require.ErrorContains(t, sign(c.callManager, func(l *itl.Template) {
		rec := itl.Record{DNSName: huge[:60000]}
		for range 40 {
			l.Records = append(l.Records, rec)
		}
	}), "more than a phone downloads")

	short, err := rsa.GenerateKey(rand.Reader, 1032)
	require.NoError(t, err)
	require.ErrorContains(t, sign(itl.Signer{Certificate: c.capf.Certificate, Key: short}, unchanged), "1032-bit")
	curve, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	require.ErrorContains(t,
		sign(itl.Signer{Certificate: c.capf.Certificate, Key: curve}, unchanged), "not an RSA key")
}

func TestNames(t *testing.T) {
	// CUCM's order, whatever the certificate's own.
	require.Equal(t, "CN=pub;OU=tac;OU=lab;O=cisco;L=rtp;ST=nc;C=US", itl.NameOf(pkix.Name{
		Country: []string{"US"}, Organization: []string{"cisco"}, OrganizationalUnit: []string{"tac", "", "lab"},
		CommonName: "pub", Province: []string{"nc"}, Locality: []string{"rtp"},
	}))
	require.Equal(t, "CN=stormin-WIN2012-CA", itl.NameOf(pkix.Name{CommonName: "stormin-WIN2012-CA"}))
	require.Empty(t, itl.NameOf(pkix.Name{}))

	require.Equal(t, "CN=a, serial 0A", itl.Identity{Subject: "CN=a", Serial: []byte{10}}.String())
	require.Equal(t, "CN=a, serial 0A", itl.Identity{Subject: "CN=a", Issuer: "CN=a", Serial: []byte{10}}.String())
	require.Equal(t, "CN=a, serial 0A, issued by CN=b",
		itl.Identity{Subject: "CN=a", Issuer: "CN=b", Serial: []byte{10}}.String())
	require.Equal(t, "CN=a, issued by CN=b", itl.Identity{Subject: "CN=a", Issuer: "CN=b"}.Name())
	require.Equal(t, "serial 0A", itl.Identity{Serial: []byte{10}}.String())
	require.Equal(t, []byte{0}, itl.IdentityOf(&x509.Certificate{SerialNumber: new(big.Int)}).Serial)
}

// Tools spell one name in several ways: in the certificate's order or in CUCM's,
// with semicolons or commas, with or without backslashes. Another name is another
// issuer.
func TestNamesInOtherSpellings(t *testing.T) {
	for _, tc := range []struct {
		a, b string
		same bool
	}{
		{"CN=pub;OU=tac;O=cisco", "CN=pub;OU=tac;O=cisco", true},
		{"CN=pub;OU=tac;O=cisco", "O=cisco, OU=tac, CN=pub", true},
		{"CN=pub;O=Example, Inc.", `CN=pub;O=Example\, Inc.`, true},
		{"CN=pub;OU=tac;O=cisco", "CN=pub;O=cisco", false},
		{"CN=pub;OU=tac", "CN=pub;OU=lab", false},
		{"CN=pub", "", false},
	} {
		a, b := itl.Identity{Issuer: tc.a, Serial: []byte{1}}, itl.Identity{Issuer: tc.b, Serial: []byte{1}}
		require.Equal(t, tc.same, a.Same(b), "%q and %q", tc.a, tc.b)
		require.Equal(t, tc.same, b.Same(a), "%q and %q", tc.b, tc.a)
		b.Serial = []byte{2}
		require.False(t, a.Same(b))
	}
}

func TestSignedConfiguration(t *testing.T) {
	const name, config = "SEP001122334455.cnf.xml.sgn", "<device/>\n"
	c := newCluster(newLab(t))
	list := c.list(t)
	for _, digest := range []itl.Digest{itl.SHA1, itl.SHA512} {
		data, err := itl.SignFile(name, []byte(config), digest, madeAt, c.callManager)
		require.NoError(t, err)
		file, err := itl.ParseFile(data)
		require.NoError(t, err)
		require.Equal(t, "1.0", file.Version.String())
		require.Equal(t, digest, file.Digest)
		require.Equal(t, name, file.Filename)
		require.Equal(t, config, string(file.Payload))
		require.Equal(t, len(data)-len(config), file.Length)

		tftp, ok := list.Find(file.Signer, itl.TFTP)
		require.True(t, ok)
		require.NoError(t, file.Verify(tftp.Key()))

		_, err = itl.ParseList(data)
		require.True(t, errors.As(err, new(*itl.FormatError)), "a configuration is not a list")
	}
}
