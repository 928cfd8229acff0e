package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/internal/cucmtest"
	"itlsim/internal/sftptest"
	"itlsim/itl"
	"itlsim/tvs"
)

// useBulkServer is the first step of a migration, on each publisher's page.
func useBulkServer(l *cucmtest.Lab, s *sftptest.Server) {
	l.Must(l.Pub, "set cert bulk server "+s.Address()+" "+s.User+" "+s.Dir, s.Password)
}

// Technotes 213407 and 215539: two clusters exchange their certificates over a real
// server, after which the TVS of each vouches for the other's signers.
func TestBulkCertificateManagement(t *testing.T) {
	for name, start := range servers {
		t.Run(name, func(t *testing.T) {
			s := start(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "")
			a := newLab(t)
			b := newLab(t, func(c *cucm.Config) {
				c.Release = cucm.Release125
				c.Nodes = []cucm.NodeConfig{{Name: "other10pub", TFTP: true, TVS: true}}
			})
			useBulkServer(a, s)
			useBulkServer(b, s)
			require.Equal(t, "Exported other10pub_Tomcat.p12\nExported other10pub_TFTP.p12\n"+
				"Exported other10pub_CAPF.p12\nExported other10pub_ITL_Recovery.p12\n",
				b.Must(b.Pub, "set cert bulk export All"))
			a.Must(a.Pub, "set cert bulk export All")
			require.Contains(t, a.Must(a.Pub, "set cert bulk consolidate All"),
				"Consolidated 3 files into TFTP_consolidated.p12\n")
			require.Contains(t, a.Must(a.Pub, "set cert bulk import All"), "Imported 1 certificates of type TFTP\n")
			require.Contains(t, b.Must(b.Pub, "set cert bulk import All"), "Imported 2 certificates of type TFTP\n")

			files := []itl.Role{itl.SAST, itl.TFTP}
			for unit, roles := range map[cucm.Unit][]itl.Role{
				cucm.CallManager: files, cucm.ITLRecovery: files, cucm.CAPFUnit: nil,
			} {
				id := itl.IdentityOf(b.Pub.Certificate(unit).Certificate)
				answer := a.Sub.AnswerTVS(tvs.Request{Command: tvs.QueryRequest, Issuer: id.Issuer, Serial: id.Serial})
				require.Equal(t, tvs.Valid, answer.Status, unit)
				require.Equal(t, roles, answer.Roles, unit)
			}
			tomcat := b.Pub.Certificate(cucm.Tomcat).Certificate.Raw
			verified := a.Sub.AnswerTVS(tvs.Request{Command: tvs.VerifyRequest, Certificate: tomcat})
			require.Equal(t, tvs.Valid, verified.Status)
			for _, n := range a.Nodes() { // the way back
				id := itl.IdentityOf(n.Certificate(cucm.CallManager).Certificate)
				answer := b.Pub.AnswerTVS(tvs.Request{Command: tvs.QueryRequest, Issuer: id.Issuer, Serial: id.Serial})
				require.Equal(t, files, answer.Roles, n.Name())
			}
			listed := a.Must(a.Pub, "show cert list trust")
			for _, store := range []string{"tomcat-trust", "CallManager-trust", "Phone-SAST-trust"} {
				require.Contains(t, listed, store+"/other10pub.joemar2.lab.pem: ")
			}
			require.NotContains(t, listed, "Phone-SAST-trust/test10pub", "its own are not imported")

			openssl := exec.Command(sftptest.Program(t, "openssl"), "pkcs12", "-nokeys", "-passin", "pass:",
				"-in", filepath.Join(s.Dir, "TFTP_consolidated.p12"))
			out, err := openssl.CombinedOutput()
			require.NoError(t, err, "%s", out)
			require.Contains(t, string(out), "other10pub.joemar2.lab")
		})
	}
}

// What is forgotten or goes wrong is said, and nothing has changed then.
func TestBulkCertificateManagementRefuses(t *testing.T) {
	s := sftptest.Start(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "")
	l := newLab(t)
	refused := func(line string, words string, answers ...string) error {
		t.Helper()
		_, err := l.Types(l.Pub, line, answers...)
		require.ErrorContains(t, err, words, line)
		return err
	}
	refused("set cert bulk export All", "No SFTP server is set")
	l.Must(l.Pub, "set cert bulk server "+s.Address()+" "+s.User+" "+s.Dir, "wrong")
	require.ErrorIs(t, refused("set cert bulk export All", "refuses the user or the password"), cli.ErrSFTPPassword)
	useBulkServer(l, s)
	refused("set cert bulk export Tomkat", "there are All, Tomcat, TFTP, CAPF, ITL_Recovery")
	refused("set cert bulk import TFTP", "does not exist")
	l.Must(l.Pub, "set cert bulk export TFTP")
	require.ErrorIs(t, refused("set cert bulk consolidate TFTP", "one cluster alone"), cucm.ErrOneCluster)
	for _, line := range []string{"set cert bulk export All", "set cert bulk server a b c"} {
		_, err := l.Types(l.Sub, line)
		require.ErrorIs(t, err, cucm.ErrNotPublisher)
	}

	junk := filepath.Join(s.Dir, "junk_TFTP.p12")
	require.NoError(t, os.WriteFile(junk, []byte("junk"), 0o600))
	refused("set cert bulk consolidate TFTP", "not an export of certificates")
	require.NoError(t, os.Rename(junk, filepath.Join(s.Dir, "TFTP_consolidated.p12")))
	listed := l.Must(l.Pub, "show cert list trust")
	refused("set cert bulk import TFTP", "not an export of certificates")
	require.Equal(t, listed, l.Must(l.Pub, "show cert list trust"))
	l.Must(l.Pub, "set cert bulk server "+s.Address()+" "+s.User+" /nowhere", s.Password)
	require.ErrorIs(t, refused("set cert bulk export TFTP", "The directory /nowhere does not exist"), cli.ErrSFTPFile)
	require.ErrorIs(t, refused("set cert bulk consolidate TFTP", "/nowhere"), cli.ErrSFTPFile)

	old := newLab(t, func(c *cucm.Config) { c.Release = cucm.Release91 })
	useBulkServer(old, s)
	_, err := old.Types(old.Pub, "set cert bulk export ITL_Recovery")
	require.ErrorContains(t, err, "there are All, Tomcat, TFTP, CAPF", "a release without ITLRecovery")
}
