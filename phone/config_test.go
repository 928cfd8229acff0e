package phone_test

import (
	"crypto/md5"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/internal/itltest"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/tftp"
)

// Where its own file is missing the phone takes the default one, by the same rules.
func TestDefaultConfiguration(t *testing.T) {
	l := newLab(t)
	l.run("config d CallManager tvs=tvs1:2445\nserve default d")
	said := l.run("boot")
	require.Equal(t, phone.None, l.phone.State())
	require.Equal(t, "d", l.inForce(), said)
	require.Equal(t, tftp.Config, l.last.File.Kind)
	require.Contains(t, l.run("status"), "XmlDefault.cnf.xml")
	require.NotEmpty(t, lines(said, "-> Register with "))

	l = bootedLab(t)
	l.run("config d CallManager\nserve config -\nserve default d\nboot")
	require.Equal(t, "XMLDefault.cnf.xml.sgn", l.last.File.String())
	require.Equal(t, "d", l.inForce())
	require.Equal(t, phone.Trusted, l.phone.State())

	l = bootedLab(t)
	l.run("config d Foreign\nserve config -\nserve default d\nboot")
	require.Equal(t, "c1", l.inForce(), "a stranger's is refused like any other")
	require.Equal(t, phone.Locked, l.phone.State())
}

// A stub in the place of an encrypted configuration has the phone ask for that.
// Without one that it can read the last good configuration stays in force, and the
// reason is told.
func TestEncryptedConfiguration(t *testing.T) {
	const stub = "stub s CallManager\nserve config s\n"
	const whose = "the configuration is encrypted for the certificate with the MD5 0f343b0931126a20f133d67c2b018a3b"
	for _, tc := range []struct {
		name, script string
		state        phone.State
		refused      string // from the file on
	}{
		{"no key opens it", "encrypted e CallManager\nserve encrypted e", phone.Locked,
			device + ".cnf.xml.enc.sgn refused: " + whose +
				" (AES in CBC mode, its key by RSA of 1024 bits), and the phone has no key to read it"},
		{"it is not there", "", phone.Locked,
			device + ".cnf.xml.sgn refused: " + whose + ", and " + device + ".cnf.xml.enc.sgn is not there"},
		{"no server answers", "boot until SEP0011AABBCCDD.cnf.xml.enc\ntftp tftp1 silent\nlate", phone.Locked,
			device + ".cnf.xml.sgn refused: " + whose + ", and " + device + ".cnf.xml.enc.sgn is not served: no answer"},
		{"its signer is unknown", "encrypted e Foreign\nserve encrypted e", phone.Locked,
			device + ".cnf.xml.enc.sgn refused: unknown signer (CN=Foreign;O=cisco, serial "},
		{"its signer is unknown and every TVS strange",
			"encrypted e Foreign\nserve encrypted e\ntvs tvs1 shows TVS-2\ntvs tvs2 shows TVS-2", phone.Untrusted,
			device + ".cnf.xml.enc.sgn refused: unknown signer (CN=Foreign;O=cisco, serial "},
		{"its signature is wrong", "encrypted e CallManager\nforge f e\nserve encrypted f", phone.Locked,
			device + ".cnf.xml.enc.sgn refused: " + device + ".cnf.xml.enc.sgn: the signature of CN=CallManager"},
		{"it is cut short", "encrypted e CallManager\ncut f e\nserve encrypted f", phone.Locked,
			device + ".cnf.xml.enc.sgn refused: malformed at offset"},
		{"it is not an encrypted file", "serve encrypted c1", phone.Locked,
			device + ".cnf.xml.enc.sgn refused: malformed at offset 0, tag 1 VERSION: version 1.0, want 2.x"},
		{"it has 0 bytes", "empty none\nserve encrypted none", phone.Locked,
			device + ".cnf.xml.enc.sgn refused: malformed: a file of 0 bytes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			l := bootedLab(t)
			before := l.phone.Flash()
			said := l.run(stub + tc.script)
			if !strings.Contains(tc.script, "boot") {
				said = l.run("boot")
			}
			require.Equal(t, tc.state, l.phone.State(), said)
			require.Equal(t, before, l.phone.Flash(), "nothing stored has changed")
			require.True(t, strings.HasPrefix(l.last.Refusal.Error(), tc.refused), "%v", l.last.Refusal)
			require.Contains(t, l.run("status"), "File auth error")
			require.NotEmpty(t, lines(said, "-> Register with "), "it registers with what it has")
		})
	}
	t.Run("a good configuration cures it", func(t *testing.T) {
		l := bootedLab(t)
		l.run(stub + "boot")
		require.Equal(t, phone.Locked, l.phone.State())
		l.run("serve config c1\nboot")
		require.Equal(t, phone.Trusted, l.phone.State())
	})
	t.Run("a phone with the LSC that it is for reads it", func(t *testing.T) {
		l := bootedLab(t)
		lsc := l.cert("LSC")
		install := func() {
			list := []byte(lsc.Certificate.Raw)
			l.run("list capf CallManager SAST=CallManager TFTP=CallManager TVS=TVS CAPF=LSC\nserve ITL capf\nboot")
			l.phone.Step(l.now, phone.InstallLSC{CAPF: list, LSCs: map[string]*itl.Signer{l.phone.Name(): &lsc}})
			require.NotNil(t, l.phone.Flash().LSC)
		}
		install()
		l.run(stub + "encrypted c2 CallManager\nserve encrypted c2\nboot")
		require.IsType(t, &phone.EncryptedError{}, l.last.Refusal.Reason)
		require.ErrorContains(t, l.last.Refusal, "the phone has another certificate", "by the stub's hash")

		sum := md5.Sum(lsc.Certificate.Raw)
		l.files["own"], _ = itl.SignFile(device+".cnf.xml.sgn", itltest.Stub(hex.EncodeToString(sum[:])), itl.SHA1, l.now,
			l.cert("CallManager"))
		said := l.run("serve config own\nboot")
		require.Equal(t, phone.Trusted, l.phone.State(), said)
		require.Equal(t, phone.ByITL, l.phone.LastBoot().ConfigBy)
		require.True(t, l.phone.LastBoot().Encrypted)
		require.Nil(t, l.phone.LastBoot().Refusal)
		said = l.run("boot")
		require.Equal(t, phone.Trusted, l.phone.State(), said)

		l.run("serve config c1\nboot")
		require.False(t, l.phone.LastBoot().Encrypted)
	})
	t.Run("a phone without a list is told by a plain stub", func(t *testing.T) {
		l := newLab(t)
		l.run(stub + "boot")
		require.Equal(t, device+".cnf.xml", l.last.Refusal.File.String())
		require.Equal(t, tftp.Config, l.last.File.Kind)
		require.Equal(t, phone.Locked, l.phone.State())
	})
	t.Run("a TVS that vouches for the stub is not remembered", func(t *testing.T) {
		l := bootedLab(t)
		l.run("stub s CallManager-2\nserve config s\ntvs tvs1 shows TVS CallManager-2:TFTP\nboot")
		require.Empty(t, l.phone.Flash().Vouches)
		require.IsType(t, &phone.EncryptedError{}, l.last.Refusal.Reason)
	})
}

// What a phone has taken and does not act on is said.
func TestIgnored(t *testing.T) {
	profile := &phone.Profile{Model: "8861", Load: "sip88xx.10-3-1-20"}
	flash := phone.Flash{Config: &cnf.Config{Load: profile.Load}}
	require.Empty(t, flash.Ignored(profile))

	flash.Config = &cnf.Config{Load: "sip88xx.12-8-1", Ignored: []string{"deviceSecurityMode 3"}}
	flash.Lists.ITL = &itl.List{
		Signed:  itl.Signed{Header: itl.Header{SignerVersion: itl.Version{Major: 1, Minor: 1}}},
		Records: []itl.Record{{Role: 9}, {Role: itl.TFTP, PublicKey: []byte{4}}, {Role: itl.TFTP, PublicKey: []byte{4}}},
	}
	require.Equal(t, []string{
		"ITL: role 9, unknown", "ITL: signer version 1.1, the phone does not ask by HTTPS",
		"ITL: 2 TFTP entries without an RSA key, which verify nothing",
		`loadInformation "sip88xx.12-8-1": the firmware stays as it is`, "deviceSecurityMode 3",
	}, flash.Ignored(profile))
}
