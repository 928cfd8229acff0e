package webapi_test

import (
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/wire"
	"itlsim/internal/cucmtest"
)

const (
	snapshotPath = "/platformcom/api/v1/certmgr/config/snapshot/server"
	identityPath = "/platformcom/api/v1/certmgr/config/identity/certificate"
)

// identity and snapshot are what a client reads.
type identity struct{ Service, Certificate, CSR string }

type snapshot struct {
	Server     string
	Identities []identity
	Trusts     []struct {
		Service         string
		CertificateData []struct{ Filename, Certificate string } `json:"certificate_data"`
	}
	RevokedCertificates []any
}

func pemOf(t *testing.T, kind, text string) []byte {
	t.Helper()
	block, rest := pem.Decode([]byte(text))
	require.NotNil(t, block, text)
	require.Equal(t, kind, block.Type)
	require.Empty(t, rest)
	return block.Bytes
}

// The snapshot of a node has its certificates, what waits for one, and those it trusts,
// under the names that the command line lists.
func TestSnapshotOfCertificates(t *testing.T) {
	l := cucmtest.New(t, func(c *cucm.Config) { c.Release = cucm.Release14 })
	s := scriptsOf(t, l, "127.4.39.", wire.Options{})
	require.NoError(t, l.Pub.RequestCertificate(cucm.Tomcat, false))
	status, answer := s.sends(l.Pub, snapshotPath, "")
	require.Equal(t, http.StatusOK, status)
	require.Equal(t, "application/json", s.header.Get("Content-Type"))
	var is snapshot
	decoder := json.NewDecoder(strings.NewReader(answer))
	decoder.DisallowUnknownFields()
	require.NoError(t, decoder.Decode(&is))
	require.Equal(t, "test10pub.joemar2.lab", is.Server)
	require.NotNil(t, is.RevokedCertificates)
	var services []string
	for _, own := range is.Identities {
		services = append(services, own.Service)
		unit := cucm.Unit(own.Service)
		require.Equal(t, l.Pub.Certificate(unit).Certificate.Raw, pemOf(t, "CERTIFICATE", own.Certificate))
		if unit != cucm.Tomcat {
			require.Empty(t, own.CSR)
			continue
		}
		require.Equal(t, l.Pub.CertificateRequest(unit), pemOf(t, "CERTIFICATE REQUEST", own.CSR))
		_, one := s.sends(l.Pub, identityPath+"?service=TOMCAT", "")
		var same identity
		require.NoError(t, json.Unmarshal([]byte(one), &same))
		require.Equal(t, own, same)
	}
	require.Equal(t, []string{"CallManager", "CAPF", "ITLRecovery", "TVS", "ipsec", "tomcat"}, services)
	var listed strings.Builder
	for _, store := range is.Trusts {
		require.NotEmpty(t, store.CertificateData)
		for _, c := range store.CertificateData {
			_, err := x509.ParseCertificate(pemOf(t, "CERTIFICATE", c.Certificate))
			require.NoError(t, err)
			listed.WriteString(store.Service + "/" + c.Filename + ": Trust Certificate\n")
		}
	}
	require.Equal(t, l.Must(l.Pub, "show cert list trust"), listed.String())
}

// The interface is there from release 14 on, to read, for the administrator.
func TestWhoReadsCertificates(t *testing.T) {
	s := scripts(t, "127.4.40.", 0) // of 12.5
	for _, s.user = range []string{cucm.AdminUser, ""} {
		status, page := s.sends(s.lab.Pub, snapshotPath, "")
		require.Equal(t, http.StatusNotFound, status)
		require.Contains(t, page, "HTTP Status 404")
	}
	l := cucmtest.New(t, func(c *cucm.Config) { c.Release = cucm.Release15 })
	s = scriptsOf(t, l, "127.4.41.", wire.Options{})
	for path, want := range map[string]int{
		identityPath: http.StatusNotFound, identityPath + "?service=ldap": http.StatusNotFound,
		identityPath + "?service=CAPF": http.StatusOK, snapshotPath + "/": http.StatusNotFound,
	} {
		status, _ := s.sends(l.Sub, path, "")
		require.Equal(t, want, status, path)
	}
	status, answer := s.sends(l.Pub, "/platformcom/api/v1/certmgr/config/csr", "{}")
	require.Equal(t, http.StatusNotFound, status)
	require.JSONEq(t, `{"message": "The operation POST csr is not there: this is a simulator, which has a part of `+
		`certificate management alone"}`, answer)
	status, _ = s.sends(l.Pub, snapshotPath, "{}")
	require.Equal(t, http.StatusMethodNotAllowed, status)
	require.Equal(t, "GET, HEAD", s.header.Get("Allow"))
	s.user = ""
	status, page := s.sends(l.Pub, snapshotPath, "")
	require.Equal(t, http.StatusUnauthorized, status)
	require.Equal(t, `Basic realm="CMPlatform Realm"`, s.header.Get("WWW-Authenticate"))
	require.Contains(t, page, "HTTP Status 401")
}
