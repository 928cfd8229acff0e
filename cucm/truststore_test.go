package cucm_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/cucmtest"
	"itlsim/itl"
	"itlsim/tvs"
)

// query asks a node's TVS about the signer of a file.
func query(n *cucm.Node, cert *x509.Certificate) tvs.Answer {
	id := itl.IdentityOf(cert)
	return n.AnswerTVS(tvs.Request{
		Command: tvs.QueryRequest, Subject: id.Subject, Issuer: id.Issuer, Serial: id.Serial,
	})
}

// upload pastes a certificate into a trust store.
func upload(l *cucmtest.Lab, n *cucm.Node, store cucm.Store, cert *x509.Certificate) string {
	pasted := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})
	return l.Must(n, "set cert import trust "+string(store), strings.Split(strings.TrimSpace(string(pasted)), "\n")...)
}

// Technote 213407: what a TVS says of another cluster's certificate goes by the
// trust stores that it is in.
func TestTVSVouchesByTheTrustStores(t *testing.T) {
	other := newLab(t).Pub
	files, both := []itl.Role{itl.SAST, itl.TFTP}, []cucm.Store{cucm.CallManagerTrust, cucm.PhoneSASTTrust}
	for name, tc := range map[string]struct {
		unit   cucm.Unit
		stores []cucm.Store
		status tvs.Status
		roles  []itl.Role
	}{
		"in no store":             {cucm.CallManager, nil, tvs.Invalid, nil},
		"as technote 213407 says": {cucm.CallManager, both, tvs.Valid, files},
		"a proxy TFTP":            {cucm.CallManager, []cucm.Store{cucm.PhoneSASTTrust}, tvs.Valid, files},
		"ITLRecovery":             {cucm.ITLRecovery, []cucm.Store{cucm.PhoneSASTTrust}, tvs.Valid, files},
		"CallManager-trust alone": {cucm.CallManager, []cucm.Store{cucm.CallManagerTrust}, tvs.Valid, nil},
		"CAPF-trust":              {cucm.CAPFUnit, []cucm.Store{cucm.CAPFTrust}, tvs.Invalid, nil},
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			cert := other.Certificate(tc.unit).Certificate
			for _, store := range tc.stores {
				upload(l, l.Pub, store, cert)
			}
			l.Must(l.Sub, "utils service restart Cisco Trust Verification Service")
			a := query(l.Sub, cert)
			require.Equal(t, tc.status, a.Status)
			require.Equal(t, tc.roles, a.Roles)
			if tc.status == tvs.Valid {
				require.Equal(t, cert.Raw, a.Certificate)
			} else {
				require.Nil(t, a.Certificate)
			}
		})
	}
}

// Technote 213407: after an import by hand TVS is restarted on every node.
func TestTVSReadsAnImportWhenItStarts(t *testing.T) {
	cert := newLab(t).Pub.Certificate(cucm.CallManager).Certificate
	for name, start := range map[string]func(*cucmtest.Lab){
		"restart":      func(l *cucmtest.Lab) { l.Must(l.Sub, "utils service restart Cisco Trust Verification Service") },
		"regeneration": func(l *cucmtest.Lab) { l.Must(l.Sub, "set cert regen TVS", "yes") },
		"system":       func(l *cucmtest.Lab) { l.Must(l.Sub, "utils system restart", "yes") },
	} {
		t.Run(name, func(t *testing.T) {
			l := newLab(t)
			upload(l, l.Pub, cucm.PhoneSASTTrust, cert)
			require.Equal(t, tvs.Invalid, query(l.Sub, cert).Status)
			start(l)
			require.Equal(t, tvs.Valid, query(l.Sub, cert).Status)
			require.Equal(t, tvs.Invalid, query(l.Pub, cert).Status, "each TVS for itself")
			upload(l, l.Pub, cucm.PhoneSASTTrust, cert)
			require.Equal(t, tvs.Valid, query(l.Sub, cert).Status, "it was there already")
		})
	}
}

// A node's own certificates are in the trust stores, too. A renewed one is known
// until it is taken out.
func TestTrustStoresHoldOwnCertificates(t *testing.T) {
	l := newLab(t)
	first := l.Sub.Certificate(cucm.CallManager).Certificate
	const listed = "CallManager-trust/test10sub.joemar2.lab.pem: Trust Certificate\n"
	require.Contains(t, l.Must(l.Pub, "show cert list trust"), listed)

	_, err := l.Types(l.Pub, "set cert delete CallManager test10sub.joemar2.lab.pem")
	require.ErrorContains(t, err, "the present CallManager certificate of test10sub")
	l.Must(l.Sub, "set cert regen CallManager", "yes")
	require.Contains(t, l.Must(l.Pub, "show cert list trust"),
		"CallManager-trust/test10sub.joemar2.lab-1.pem: Trust Certificate\n")
	require.Contains(t, l.Must(l.Pub, "show cert trust CallManager-trust/test10sub.joemar2.lab.pem"),
		string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: first.Raw})))
	require.Equal(t, tvs.Valid, query(l.Pub, first).Status)

	l.Must(l.Pub, "set cert delete CallManager-trust test10sub.joemar2.lab.pem")
	require.Equal(t, tvs.Invalid, query(l.Pub, first).Status)
	require.Equal(t, tvs.Valid, query(l.Pub, l.Sub.Certificate(cucm.CallManager).Certificate).Status)
	_, err = l.Types(l.Pub, "set cert delete CallManager test10sub.joemar2.lab-1.pem")
	require.ErrorContains(t, err, "There is no certificate")

	capf := l.Pub.Certificate(cucm.CAPFUnit).Certificate
	l.Must(l.Pub, "set cert regen CAPF", "yes")
	file := itl.CommonName(itl.NameOf(capf.Subject)) + ".pem"
	l.Must(l.Pub, "set cert delete CallManager "+file)
	require.Contains(t, l.Must(l.Pub, "show cert list trust"), "CAPF-trust/"+file, "it is in another store, too")
}

// The names of a listing of a release 14, and the lines that programs look for.
func TestCertificatesAreListedAsProgramsReadThem(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Release = cucm.Release14 })
	const self = ".pem: Self-signed certificate generated by system\n"
	require.Equal(t, "tomcat/tomcat"+self+"ipsec/ipsec"+self+"ITLRecovery/ITLRecovery"+self+
		"CallManager/CallManager"+self+"CAPF/CAPF"+self+"TVS/TVS"+self, l.Must(l.Sub, "show cert list own"))
	require.Equal(t, l.Must(l.Sub, "show cert own tomcat"), l.Must(l.Sub, "show cert own tomcat/tomcat.pem"))
	own := func(n *cucm.Node, u cucm.Unit) *x509.Certificate { return n.Certificate(u).Certificate }
	listed := l.Must(l.Pub, "show cert list trust")
	require.Contains(t, listed, fmt.Sprintf("tomcat-trust/test10sub.joemar2.lab_%x.pem: Trust Certificate\n",
		own(l.Sub, cucm.Tomcat).SerialNumber.Bytes()))
	require.Contains(t, listed, "CallManager-trust/"+own(l.Pub, cucm.CAPFUnit).Subject.CommonName+".pem: ")
}

func TestImportedCertificatesAreKept(t *testing.T) {
	cert := newLab(t).Pub.Certificate(cucm.CallManager).Certificate
	dir := t.TempDir()
	l := openLab(t, dir)
	upload(l, l.Pub, cucm.CallManagerTrust, cert)
	l.Must(l.Pub, "utils service restart Cisco Trust Verification Service")
	upload(l, l.Pub, cucm.PhoneSASTTrust, cert)
	listed := l.Must(l.Pub, "show cert list trust")
	before := []tvs.Answer{query(l.Pub, cert), query(l.Sub, cert)}
	require.NoError(t, l.Close())
	l = openLab(t, dir)
	require.Equal(t, listed, l.Must(l.Sub, "show cert list trust"))
	require.Empty(t, cmp.Diff(before, []tvs.Answer{query(l.Pub, cert), query(l.Sub, cert)}))
	require.NoError(t, l.Close())

	saved := filepath.Join(dir, "current", "cluster.json")
	data, err := os.ReadFile(saved)
	require.NoError(t, err)
	data = []byte(strings.Replace(string(data), `"Phone-SAST-trust"`, `"Phone-SAST"`, 1))
	require.NoError(t, os.WriteFile(saved, data, 0o600))
	_, err = cucm.Open(dir, l.Config)
	require.ErrorContains(t, err, `there is no trust store "Phone-SAST"`)
}

func TestWhatIsNoCertificateIsNotImported(t *testing.T) {
	l := newLab(t)
	for want, answers := range map[string][]string{
		"no answer is given":                   {"-----BEGIN CERTIFICATE-----", "MIIB"},
		"What was pasted is not a certificate": {"hello", ""},
		"is not a certificate: ":               {"-----BEGIN CERTIFICATE-----", "MIIB", "-----END CERTIFICATE-----"},
	} {
		out, err := l.Types(l.Pub, "set cert import trust tomcat", answers...)
		require.ErrorContains(t, err, want, out)
	}
	long := strings.Repeat(strings.Repeat("A", 64)+"\n", 1000)
	_, err := l.Types(l.Pub, "set cert import trust tomcat", long)
	require.ErrorContains(t, err, "not a certificate")
	_, err = l.Types(l.Pub, "set cert import trust Tomkat")
	require.ErrorContains(t, err, "Phone-SAST-trust", "it names what there is")
}

// Earlier versions kept the certificates that TVS vouches for, and no others.
func TestTrustStoresOfAnEarlierVersion(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir)
	first := l.Sub.Certificate(cucm.CallManager).Certificate
	l.Must(l.Sub, "set cert regen CallManager", "yes")
	listed := strings.Split(l.Must(l.Pub, "show cert list trust"), "\n")
	require.NoError(t, l.Close())

	saved := filepath.Join(dir, "current", "cluster.json")
	data, err := os.ReadFile(saved)
	require.NoError(t, err)
	var state map[string]any
	require.NoError(t, json.Unmarshal(data, &state))
	certs, err := os.ReadFile(filepath.Join(dir, "current", "trust.pem"))
	require.NoError(t, err)
	var places []any
	var kept []byte
	for _, place := range state["Trust"].([]any) {
		var block *pem.Block
		block, certs = pem.Decode(certs)
		if place == "CallManager" || place == "ITLRecovery" || place == "tomcat" {
			places, kept = append(places, place), append(kept, pem.EncodeToMemory(block)...)
		}
	}
	require.Less(t, len(places), len(state["Trust"].([]any)))
	state["Trust"] = places
	data, err = json.Marshal(state)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(saved, data, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "current", "trust.pem"), kept, 0o600))

	l = openLab(t, dir)
	require.ElementsMatch(t, listed, strings.Split(l.Must(l.Pub, "show cert list trust"), "\n"))
	require.Equal(t, tvs.Valid, query(l.Pub, first).Status)
}
