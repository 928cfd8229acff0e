package webapi_test

import (
	"crypto/tls"
	"crypto/x509"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/wire"
)

// Who trusts tomcat.pem and uses the node's name is served from 12.5 on; a certificate of
// before names nobody. None names the address.
func TestNamesOfTomcat(t *testing.T) {
	for _, tc := range []struct {
		release cucm.Release
		names   []string
	}{
		{cucm.Release10, nil}, {"12.0", nil}, {cucm.Release125, []string{"test10pub.joemar2.lab"}},
		{cucm.Release14, []string{"test10pub.joemar2.lab"}},
	} {
		s := scriptsWith(t, "127.4.54.", 0, wire.Options{}, func(c *cucm.Config) { c.Release = tc.release })
		cert := s.lab.Pub.Certificate(cucm.Tomcat).Certificate
		require.Equal(t, tc.names, cert.DNSNames, tc.release)
		require.Empty(t, cert.IPAddresses)
		require.Empty(t, s.lab.Pub.Certificate(cucm.CallManager).Certificate.DNSNames)
		roots := x509.NewCertPool()
		roots.AddCert(cert)
		for _, name := range []string{"test10pub.joemar2.lab", "127.4.54.2"} {
			config := &tls.Config{RootCAs: roots, ServerName: name, Time: s.lab.Now}
			c, err := tls.Dial("tcp", s.lab.Pub.Address(cucm.TomcatService), config)
			require.Equal(t, len(tc.names) > 0 && name == tc.names[0], err == nil, "%s %s: %v", tc.release, name, err)
			if err == nil {
				require.NoError(t, c.Close())
			}
		}
	}
}
