package cucm_test

import (
	"crypto/md5"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/internal/cucmtest"
	"itlsim/itl"
	"itlsim/tftp"
)

// lscOf has the cluster's CAPF issue a certificate.
func lscOf(t *testing.T, l *cucmtest.Lab, device string) *x509.Certificate {
	t.Helper()
	key, err := l.Config.Keys.Key(1024)
	require.NoError(t, err)
	lsc, err := l.IssueLSC(device, &key.PublicKey)
	require.NoError(t, err)
	return lsc
}

// The security profile says by which transport a phone registers, while the cluster
// is in mixed mode; by TLS it shows its own certificate, of a CAPF that is known.
func TestSecures(t *testing.T) {
	l, other := newLab(t), newLab(t, func(c *cucm.Config) { c.Keys = testkeys.NewPool(2) })
	lsc, foreign := lscOf(t, l, phoneName), lscOf(t, other, phoneName)
	require.Equal(t, phoneName, itl.CommonName(itl.NameOf(lsc.Subject)))
	require.ErrorIs(t, l.Pub.Secures(phoneName, lsc), cucm.ErrWantsTCP, "it is in no database")
	l.AddDevice(cucm.Device{Name: phoneName, Group: l.Nodes(), Security: cnf.Encrypted})
	require.ErrorIs(t, l.Pub.Secures(phoneName, lsc), cucm.ErrWantsTCP, "the cluster is not in mixed mode")
	require.NoError(t, l.Pub.Secures(phoneName, nil))

	l.Must(l.Pub, mixedMode, "y")
	require.NoError(t, l.Pub.Secures(phoneName, lsc))
	require.ErrorIs(t, l.Pub.Secures(phoneName, nil), cucm.ErrWantsTLS)
	require.ErrorIs(t, l.Pub.Secures(phoneName, lscOf(t, l, "SEPAABBCCDDEEFF")), cucm.ErrOtherPhone)
	require.ErrorIs(t, l.Pub.Secures(phoneName, foreign), cucm.ErrStrangeLSC)
	require.NoError(t, l.Import(cucm.CAPFTrust, other.CAPF().Certificate))
	require.NoError(t, l.Pub.Secures(phoneName, foreign), "phones of another cluster, whose CAPF was imported")

	l.Must(l.Pub, "set cert regen CAPF", "yes")
	require.ErrorIs(t, l.Pub.Secures(phoneName, lsc), cucm.ErrStrangeLSC, "an LSC of the CAPF that was")
	require.NoError(t, l.Pub.Secures(phoneName, lscOf(t, l, phoneName)))
	l.Must(l.Pub, "utils service stop Cisco Certificate Authority Proxy Function")
	_, err := l.IssueLSC(phoneName, lsc.PublicKey.(*rsa.PublicKey))
	require.ErrorIs(t, err, cucm.ErrNoCAPF)
}

// A configuration follows the security profile, in mixed mode only.
func TestConfigurationOfASecureProfile(t *testing.T) {
	l := addressed(newLab(t))
	read := func() *cnf.Config {
		t.Helper()
		signed, err := l.Pub.File(phoneName + ".cnf.xml.sgn")
		require.NoError(t, err)
		file, err := itl.ParseFile(signed)
		require.NoError(t, err)
		config, err := cnf.Parse(file.Payload)
		require.NoError(t, err)
		return config
	}
	device := cucm.Device{Name: phoneName, Group: []*cucm.Node{l.Pub}, Security: cnf.Encrypted}
	l.AddDevice(device)
	require.Equal(t, cnf.NonSecure, read().Security)
	l.Must(l.Pub, mixedMode, "y")
	require.Equal(t, cnf.Encrypted, read().Security)
	require.Equal(t, []string{"10.48.47.153:5061"}, read().CallManagers)
	device.Security = cnf.NonSecure
	l.AddDevice(device)
	require.Equal(t, cnf.NonSecure, read().Security)
	require.Equal(t, []string{"10.48.47.153:5060"}, read().CallManagers)
}

// TFTP Encrypted Config: a stub in place of the configuration, and that encrypted for
// the phone's LSC, the same as long as nothing changes.
func TestEncryptedConfiguration(t *testing.T) {
	l := addressed(newLab(t))
	device := cucm.Device{Name: phoneName, Group: l.Nodes(), Encrypted: true}
	l.AddDevice(device)
	fetch := func(name string) []byte {
		t.Helper()
		data, err := l.Pub.File(phoneName + name)
		require.NoError(t, err)
		return data
	}
	_, err := l.Pub.File(phoneName + ".cnf.xml.enc.sgn")
	require.ErrorIs(t, err, tftp.ErrNotFound, "the phone has no LSC")
	require.Contains(t, string(fetch(".cnf.xml.sgn")), "<fullConfig>true")

	key, err := l.Config.Keys.Key(1024)
	require.NoError(t, err)
	lsc, err := l.IssueLSC(phoneName, &key.PublicKey)
	require.NoError(t, err)
	sum := md5.Sum(lsc.Raw)
	require.Contains(t, string(fetch(".cnf.xml.sgn")), fmt.Sprintf("<certHash>%x</certHash>\n<encrConfig>true", sum))
	first := fetch(".cnf.xml.enc.sgn")
	require.Equal(t, checksum(first), checksum(fetch(".cnf.xml.enc.sgn")))
	file, err := itl.ParseEncrypted(first)
	require.NoError(t, err)
	require.NoError(t, file.Verify(l.Pub.Certificate(cucm.CallManager).Key.Public().(*rsa.PublicKey)))
	plain, err := file.Decrypt(key)
	require.NoError(t, err)
	config, err := cnf.Parse(plain)
	require.NoError(t, err)
	require.False(t, config.Stub)
	require.Len(t, config.CallManagers, 2)

	device, _ = l.Device(phoneName)
	device.Encrypted = false
	l.AddDevice(device)
	require.Contains(t, string(fetch(".cnf.xml.sgn")), "<fullConfig>true", "at once")
	device.Encrypted = true
	l.AddDevice(device)
	require.NoError(t, l.Configure(cnf.Settings{WebAccess: true}))
	require.NotEqual(t, checksum(first), checksum(fetch(".cnf.xml.enc.sgn")))
	device, _ = l.Device(phoneName)
	device.Encrypted = false
	l.AddDevice(device)
	require.Contains(t, string(fetch(".cnf.xml.sgn")), "<fullConfig>true")
	_, err = l.Pub.File(phoneName + ".cnf.xml.enc.sgn")
	require.ErrorIs(t, err, tftp.ErrNotFound)
}
