package cucm_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/cucmtest"
	"itlsim/itl"
	"itlsim/tvs"
)

// ca is a CA of the administrator's.
type ca struct {
	t    *testing.T
	key  *rsa.PrivateKey
	root *x509.Certificate
	made int64
}

func newCA(t *testing.T) *ca {
	c := &ca{t: t, key: cucmtest.HostKeys(t, 1)[0]}
	root := &x509.Certificate{
		Subject: pkix.Name{CommonName: "Example CA"}, KeyUsage: x509.KeyUsageCertSign,
		IsCA: true, BasicConstraintsValid: true,
	}
	c.root = c.sign(root, root, &c.key.PublicKey)
	return c
}

func (c *ca) sign(template, parent *x509.Certificate, key any) *x509.Certificate {
	c.made++
	template.SerialNumber = big.NewInt(c.made)
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key, c.key)
	require.NoError(c.t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(c.t, err)
	return cert
}

// answer makes the certificate of the CSR that a node shows, pasted.
func (c *ca) answer(l *cucmtest.Lab, n *cucm.Node, unit cucm.Unit) []string {
	block, _ := pem.Decode([]byte(l.Must(n, "show csr own "+string(unit))))
	require.NotNil(c.t, block)
	csr, err := x509.ParseCertificateRequest(block.Bytes)
	require.NoError(c.t, err)
	require.NoError(c.t, csr.CheckSignature())
	return lines(c.sign(&x509.Certificate{Subject: csr.Subject, DNSNames: csr.DNSNames}, c.root, csr.PublicKey))
}

func lines(cert *x509.Certificate) []string {
	pasted := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw}))
	return strings.Split(strings.TrimSpace(pasted), "\n")
}

// A signed certificate is in the lists itself, and TVS finds it by issuer and serial
// number (technote 213407). A CSR outlives a restart of the program.
func TestSignedCertificates(t *testing.T) {
	dir, authority := t.TempDir(), newCA(t)
	l := openLab(t, dir)
	l.Register(phoneName)
	before := l.Snapshot()
	l.Must(l.Sub, "set csr gen CallManager")
	require.Equal(t, before["ITL of test10sub"], l.Snapshot()["ITL of test10sub"])
	answer := authority.answer(l, l.Sub, cucm.CallManager)
	require.NoError(t, l.Close())
	l = openLab(t, dir)
	l.Register(phoneName)

	refused := func(words string, n *cucm.Node, line string, answers ...string) {
		t.Helper()
		before := l.Snapshot()
		_, err := l.Types(n, line, answers...)
		require.ErrorContains(t, err, words)
		require.Equal(t, before, l.Snapshot())
	}
	refused("There is no CSR for it", l.Pub, "set cert import own CallManager", answer...)
	refused("There is no CSR for it", l.Pub, "show csr own CallManager")
	refused("is not in CallManager-trust", l.Sub, "set cert import own CallManager", answer...)
	upload(l, l.Pub, cucm.CallManagerTrust, authority.root)
	refused("not of the key of the CSR", l.Sub, "set cert import own CallManager", lines(authority.root)...)
	refused("signed by no CA", l.Sub, "set csr gen ITLRecovery")
	refused("not a Publisher Node", l.Sub, "set csr gen tomcat multi-server")
	refused("The CAPF certificate cannot be a multi-server one", l.Pub, "set csr gen CAPF multi-server")
	refused("only if a CA signs it", l.Pub, "set cert multi-server CallManager")

	l.Must(l.Sub, "set cert import own CallManager", answer...)
	require.Len(t, l.Resets, 1)
	own := l.Sub.Certificate(cucm.CallManager).Certificate
	require.NoError(t, own.CheckSignatureFrom(authority.root))
	require.NoError(t, l.Sub.ITL().VerifySelf())
	require.Equal(t, "Example CA", itl.CommonName(l.Sub.ITL().Signer.Issuer))
	a := query(l.Pub, own)
	require.Equal(t, tvs.Valid, a.Status)
	require.Equal(t, []itl.Role{itl.SAST, itl.TFTP}, a.Roles)
	refused("There is no CSR for it", l.Sub, "set cert import own CallManager", answer...)
	refused("in the last 5 minutes", l.Sub, "set cert regen TVS", "yes")
}

// One certificate of all nodes: before 14 a CA signs it (security guide 12.5), and a CTL
// has it once; from 14 on TVS's, too, and a list has it once.
func TestMultiServerCertificates(t *testing.T) {
	authority := newCA(t)
	l := newLab(t, func(c *cucm.Config) { c.Release = cucm.Release115 })
	upload(l, l.Pub, cucm.CallManagerTrust, authority.root)
	l.Must(l.Pub, "set csr gen CallManager multi-server")
	l.Must(l.Pub, "set cert import own CallManager", authority.answer(l, l.Pub, cucm.CallManager)...)
	shared := l.Pub.Certificate(cucm.CallManager).Certificate
	require.Equal(t, "test10pub-ms.joemar2.lab", shared.Subject.CommonName)
	require.Equal(t, []string{"test10pub.joemar2.lab", "test10sub.joemar2.lab"}, shared.DNSNames)
	require.True(t, shared.Equal(l.Sub.Certificate(cucm.CallManager).Certificate))
	require.Equal(t, l.Pub.ITL().Signer, l.Sub.ITL().Signer)
	l.Must(l.Pub, "utils ctl set-cluster mixed-mode", "y")
	require.Equal(t, 1, strings.Count(l.Must(l.Pub, "show ctl"), "CCM+TFTP"))

	newer := newLab(t, func(c *cucm.Config) { c.Release = cucm.Release14 })
	newer.Must(newer.Pub, "set cert multi-server TVS")
	require.Len(t, newer.Sub.ITL().With(itl.TVS), 1)
	require.True(t, newer.Sub.ITL().With(itl.TVS)[0].Holds(newer.Sub.Certificate(cucm.TVSUnit).Certificate.Raw))
	_, err := newer.Types(newer.Pub, "set cert multi-server CallManager")
	var guard *cucm.GuardError
	require.ErrorAs(t, err, &guard)
}

// A node that is alone in its cluster has a certificate with one name, which is no
// multi-server one all the same.
func TestReuseOfAPlainCertificate(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Release, c.Nodes = cucm.Release14, c.Nodes[:1] })
	require.Len(t, l.Pub.Certificate(cucm.Tomcat).Certificate.DNSNames, 1)
	require.ErrorContains(t, l.Pub.ReuseTomcat(), "is not a multi-server one")
	require.NoError(t, l.Pub.ShareCertificate(cucm.Tomcat))
	l.Wait(cucmtest.Guard)
	require.NoError(t, l.Pub.ReuseTomcat())
}
