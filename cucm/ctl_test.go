package cucm_test

import (
	"crypto/sha1"
	"crypto/x509"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/internal/cucmtest"
	"itlsim/itl"
	"itlsim/tftp"
	"itlsim/tvs"
)

const (
	mixedMode = "utils ctl set-cluster mixed-mode"
	nonSecure = "utils ctl set-cluster non-secure-mode"
	updateCTL = "utils ctl update CTLFile"
	resetCTL  = "utils ctl reset localkey"
	deleteCTL = "file delete activelog cm/tftpdata/CTLFile.tlv"
)

// addressed gives the nodes of a lab addresses, 10.48.47.153 and on.
func addressed(l *cucmtest.Lab) *cucmtest.Lab {
	l.Connect(l, func(n *cucm.Node, s cucm.Service) string {
		for i, m := range l.Nodes() {
			if m == n {
				return fmt.Sprintf("10.48.47.%d:%d", 153+i, s.Port())
			}
		}
		return ""
	})
	return l
}

func checksum(data []byte) string { return fmt.Sprintf("%x", sha1.Sum(data)) }

// contents are a list's records, in words.
func contents(l *itl.List) (all []string) {
	for i := range l.Records {
		r := &l.Records[i]
		is := r.Role.String() + " of " + r.DNSName
		if name := itl.CommonName(r.Subject); name != "" && !strings.HasPrefix(name, r.DNSName) {
			is += ": " + strings.Split(name, "-")[0]
		}
		all = append(all, is)
	}
	return all
}

// The CTL of technote 118893 (10.5(1)): its records, their order and its length.
func TestTheCTLOfTechnote118893(t *testing.T) {
	l := addressed(newLab(t, func(c *cucm.Config) {
		c.Nodes = []cucm.NodeConfig{
			{Name: "cucm-1051-a-pub", TFTP: true, TVS: true}, {Name: "cucm-1051-a-sub1", TFTP: true, TVS: true},
		}
		c.Domain = ""
		c.Location = cucm.Location{Organization: "Cisco", Unit: "TAC", Locality: "Krakow", State: "Malopolska", Country: "PL"}
	}))
	l.Must(l.Pub, mixedMode, "y")
	ctl := l.Pub.CTL()
	require.NoError(t, ctl.VerifySelf())
	const sast = "System Administrator Security Token of "
	require.Empty(t, cmp.Diff([]string{
		sast + "cucm-1051-a-pub", "CCM+TFTP of cucm-1051-a-pub", "CAPF of cucm-1051-a-pub: CAPF",
		"CCM+TFTP of cucm-1051-a-sub1",
	}, contents(ctl)))
	require.Equal(t, itl.IdentityOf(l.Pub.Certificate(cucm.CallManager).Certificate), ctl.Signer)
	require.Equal(t, "10.48.47.154", ctl.Records[3].IPAddress.String())
	require.Equal(t, 336, ctl.Length)
	require.Equal(t, 4947, len(ctl.Bytes()))
	require.Contains(t, l.Must(l.Pub, "show ctl"), "Length of CTL file: 4947\n")
	require.Same(t, ctl, l.Sub.CTL(), "one file for all nodes")
}

// Non-secure again: the file stays, and each server's record shrinks to its name,
// role and address (technote 118892: 33 bytes with a name of 12 characters).
func TestTheCTLOfAClusterThatIsNonSecureAgain(t *testing.T) {
	for _, release := range []cucm.Release{cucm.Release10, cucm.Release125} {
		l := addressed(newLab(t, func(c *cucm.Config) {
			c.Release = release
			c.Nodes[0].Name = "10.106.101.1"
		}))
		l.Must(l.Pub, mixedMode, "y")
		before := contents(l.Pub.CTL())
		l.Must(l.Pub, nonSecure, "y")
		ctl := l.Sub.CTL()
		require.NoError(t, ctl.VerifySelf())
		require.Equal(t, len(before), len(ctl.Records))
		for _, rec := range ctl.Records {
			require.Equal(t, rec.Role != itl.CCMTFTP, rec.Certified(), "%s", rec.Role)
		}
		empty := itl.Template{Filename: itl.CTLFilename, Timestamp: l.Now(), Digest: itl.SHA1, Records: ctl.Records[:1]}
		one, err := empty.Sign(l.Pub.Certificate(cucm.CallManager).Signer)
		require.NoError(t, err)
		empty.Records = ctl.Records[:2]
		two, err := empty.Sign(l.Pub.Certificate(cucm.CallManager).Signer)
		require.NoError(t, err)
		require.Equal(t, 33, len(two.Bytes())-len(one.Bytes()))
	}
}

// Which keys a CTL knows and who signs it goes by the release; so does which one
// `utils ctl reset localkey` signs with.
func TestSignersOfTheCTLByRelease(t *testing.T) {
	for release, tc := range map[cucm.Release]struct {
		signers      []cucm.Unit // that are in it, the first signs
		reset        cucm.Unit   // "": it is refused
		servedAtOnce bool
	}{
		"10.0": {[]cucm.Unit{cucm.CallManager}, "", false},
		"10.5": {[]cucm.Unit{cucm.CallManager, cucm.ITLRecovery}, cucm.ITLRecovery, false},
		"11.5": {[]cucm.Unit{cucm.CallManager, cucm.ITLRecovery}, cucm.ITLRecovery, false},
		"12.0": {[]cucm.Unit{cucm.ITLRecovery, cucm.CallManager}, cucm.CallManager, true},
		"12.5": {[]cucm.Unit{cucm.ITLRecovery, cucm.CallManager}, cucm.CallManager, true},
		"15":   {[]cucm.Unit{cucm.ITLRecovery, cucm.CallManager}, cucm.CallManager, true},
	} {
		t.Run(string(release), func(t *testing.T) {
			l := newLab(t, func(c *cucm.Config) { c.Release = release })
			signedBy := func(u cucm.Unit) {
				t.Helper()
				ctl := l.Sub.CTL()
				require.NoError(t, ctl.VerifySelf())
				require.Equal(t, itl.IdentityOf(l.Pub.Certificate(u).Certificate), ctl.Signer)
			}
			l.Must(l.Pub, mixedMode, "y")
			require.Len(t, l.Pub.CTL().With(itl.SAST), len(tc.signers))
			signedBy(tc.signers[0])
			require.Equal(t, tc.servedAtOnce, l.Sub.ServedCTL() != nil)
			l.Must(l.Sub, "utils service restart Cisco Tftp")
			require.Same(t, l.Sub.CTL(), l.Sub.ServedCTL())

			printed, err := l.Types(l.Pub, resetCTL, "y")
			if tc.reset == "" {
				require.ErrorContains(t, err, "The CTL of test10pub does not hold the present ITLRecovery", printed)
				return
			}
			require.NoError(t, err)
			signedBy(tc.reset)

			// A reset CTL knows the ITLRecovery that is there now.
			l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
			if tc.reset == cucm.ITLRecovery {
				_, err := l.Types(l.Pub, resetCTL, "y")
				require.ErrorContains(t, err, "Please run the CLI - utils ctl update CTLFile first")
				return
			}
			l.Must(l.Pub, resetCTL, "y")
			signedBy(tc.reset)
			recovery := l.Pub.Certificate(cucm.ITLRecovery)
			rec, found := l.Pub.CTL().Find(itl.IdentityOf(recovery.Certificate), itl.SAST)
			require.True(t, found)
			require.Equal(t, "test10pub", rec.DNSName)
			l.Must(l.Pub, updateCTL, "y")
			signedBy(tc.signers[0])

			// It is not signed by a key that it does not know.
			l.Wait(cucmtest.Guard)
			l.Must(l.Pub, "set cert regen CallManager", "yes")
			_, err = l.Types(l.Pub, resetCTL, "y")
			require.ErrorContains(t, err, "Please run the CLI - utils ctl update CTLFile first")
		})
	}
}

// Nothing but the administrator's commands changes the CTL: a renewed certificate
// does not get into it by itself.
func TestACertificateDoesNotGetIntoTheCTLByItself(t *testing.T) {
	l := newLab(t)
	l.Must(l.Pub, mixedMode, "y")
	before := l.Pub.CTL()
	holds := func(n *cucm.Node, u cucm.Unit, role itl.Role) bool {
		rec, ok := l.Pub.CTL().Find(itl.IdentityOf(n.Certificate(u).Certificate), role)
		return ok && rec.Holds(n.Certificate(u).Certificate.Raw)
	}
	for _, n := range l.Nodes() {
		for unit, role := range map[cucm.Unit]itl.Role{cucm.CallManager: itl.CCMTFTP, cucm.CAPFUnit: itl.CAPF} {
			if unit == cucm.CAPFUnit && !n.Publisher() {
				continue
			}
			l.Wait(cucmtest.Guard)
			require.True(t, holds(n, unit, role))
			l.Must(n, "set cert regen "+string(unit), "yes")
			l.Must(n, "utils service restart Cisco Tftp")
			require.Same(t, before, l.Pub.CTL())
			require.False(t, holds(n, unit, role))
			l.Must(l.Pub, updateCTL, "y")
			require.True(t, holds(n, unit, role))
			before = l.Pub.CTL()
		}
	}
}

// TFTP serves the CTL by either name, and only what it had at its start.
func TestTheCTLIsServed(t *testing.T) {
	l := newKeptLab(t)
	served := func(name string) string {
		data, err := l.Sub.File(name)
		if err != nil {
			require.ErrorIs(t, err, tftp.ErrNotFound)
			return ""
		}
		return checksum(data)
	}
	require.Empty(t, served("CTLFile.tlv"))
	l.Must(l.Pub, mixedMode, "y")
	require.Empty(t, served("CTLSEP001122334455.tlv"), "TFTP has not been restarted")
	l.Must(l.Sub, "utils service restart Cisco Tftp")
	first := served("CTLFile.tlv")
	require.Equal(t, checksum(l.Pub.CTL().Bytes()), first)
	require.Equal(t, first, served("CTLSEP001122334455.tlv"))
	require.Contains(t, l.Must(l.Sub, "file list tftp *.tlv"), "CTLFile.tlv\nITLFile.tlv\n")

	l.Wait(time.Second)
	l.Must(l.Pub, updateCTL, "y")
	require.Equal(t, first, served("CTLFile.tlv"))
	require.NotEqual(t, first, checksum(l.Sub.CTL().Bytes()))

	// Neither a node without power nor one that is installed anew gets it.
	require.NoError(t, l.Sub.PowerOff())
	held := l.Sub.CTL()
	l.Wait(cucmtest.Guard)
	l.Must(l.Pub, updateCTL, "y")
	require.Same(t, held, l.Sub.CTL())
	require.NoError(t, l.Sub.PowerOn())
	require.Equal(t, checksum(held.Bytes()), served("CTLFile.tlv"))
	l.Must(l.Pub, updateCTL, "y")
	require.Same(t, l.Pub.CTL(), l.Sub.CTL())
}

// The leftover file of a cluster that is non-secure again is deleted on each node.
func TestTheCTLIsDeletedOnEachNode(t *testing.T) {
	l := newLab(t)
	_, err := l.Types(l.Pub, deleteCTL, "y")
	require.ErrorContains(t, err, "There is no CTL file")
	l.Must(l.Pub, mixedMode, "y")
	_, err = l.Types(l.Sub, deleteCTL, "y")
	require.ErrorContains(t, err, "The cluster is in mixed mode")
	l.Must(l.Pub, nonSecure, "y")
	l.Must(l.Sub, "utils service restart Cisco Tftp")
	require.Contains(t, l.Must(l.Sub, "file list activelog cm/tftpdata/*"), "CTLFile.tlv\n")
	_, err = l.Types(l.Sub, deleteCTL, "n")
	require.ErrorIs(t, err, cli.ErrDeclined)
	require.NotNil(t, l.Sub.CTL())
	require.Equal(t, "Delete the File CTLFile.tlv? Enter \"y\" followed by return to continue: y\n"+
		"files: found = 1, deleted = 1\n", l.Must(l.Sub, deleteCTL, "y"))
	require.Nil(t, l.Sub.CTL())
	require.NotNil(t, l.Pub.CTL(), "the others keep theirs")
	require.NotNil(t, l.Sub.ServedCTL(), "TFTP has not been restarted")
	l.Must(l.Sub, "utils service restart Cisco Tftp")
	require.Nil(t, l.Sub.ServedCTL())
	require.Contains(t, l.Must(l.Sub, "show ctl"), "Length of CTL file: 0\n")
}

// In mixed mode TVS gives the clusters' own CallManager the roles 0 and 2.
func TestRolesOfCallManagerInMixedMode(t *testing.T) {
	l := newLab(t)
	roles := func(cert *x509.Certificate) []itl.Role {
		id := itl.IdentityOf(cert)
		return l.Pub.AnswerTVS(tvs.Request{Command: tvs.QueryRequest, Issuer: id.Issuer, Serial: id.Serial}).Roles
	}
	own := l.Sub.Certificate(cucm.CallManager).Certificate
	require.Equal(t, []itl.Role{itl.SAST, itl.TFTP}, roles(own))
	l.Must(l.Pub, mixedMode, "y")
	require.Equal(t, []itl.Role{itl.SAST, itl.CCMTFTP}, roles(own))
	require.Equal(t, []itl.Role{itl.SAST}, roles(l.Pub.Certificate(cucm.ITLRecovery).Certificate))
	l.Must(l.Pub, nonSecure, "y")
	require.Equal(t, []itl.Role{itl.SAST, itl.TFTP}, roles(own))
}

// The certificates of Phone-SAST-trust are in the CTL from the next update on, as
// SAST; the cluster's own are not there twice.
func TestPhoneSASTTrustGetsIntoTheCTL(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Release = cucm.Release125 })
	other := newLab(t, func(c *cucm.Config) { c.Nodes = []cucm.NodeConfig{{Name: "other", TFTP: true, TVS: true}} })
	l.Must(l.Pub, mixedMode, "y")
	before := len(l.Pub.CTL().Records)
	foreign := other.Pub.Certificate(cucm.ITLRecovery).Certificate
	for _, cert := range []*x509.Certificate{foreign, l.Pub.Certificate(cucm.ITLRecovery).Certificate} {
		require.NoError(t, l.Import(cucm.PhoneSASTTrust, cert))
	}
	require.Len(t, l.Pub.CTL().Records, before)
	l.Must(l.Pub, updateCTL, "y")
	require.Len(t, l.Pub.CTL().Records, before+1)
	rec, found := l.Pub.CTL().Find(itl.IdentityOf(foreign), itl.SAST)
	require.True(t, found)
	require.True(t, rec.Holds(foreign.Raw))
	l.Must(l.Pub, nonSecure, "y")
	require.Len(t, l.Pub.CTL().Records, before+1)
}

// Release 9.1 makes a CTL by eTokens alone.
func TestReleaseWithoutATokenlessCTL(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Release = cucm.Release91 })
	_, err := l.Types(l.Pub, mixedMode, "y")
	require.ErrorContains(t, err, "No valid command entered")
	require.ErrorIs(t, l.Pub.SetSecurityMode(cucm.Mixed), cucm.ErrTokens)
	require.Contains(t, l.Must(l.Pub, "show ctl"), "CTL File not found")
}

// The CTL of a public parser's sample, of a release that knows ITLRECOVERY: five
// records of three nodes in its order.
func TestTheOrderOfACTLWithITLRECOVERY(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) {
		c.Release = cucm.Release115
		c.Nodes = []cucm.NodeConfig{{Name: "pub", TFTP: true, TVS: true}, {Name: "second", TFTP: true}, {Name: "third"}}
	})
	l.Must(l.Pub, mixedMode, "y")
	const sast = "System Administrator Security Token of "
	require.Empty(t, cmp.Diff([]string{
		sast + "pub", "CCM+TFTP of pub", "CCM+TFTP of second", "CAPF of pub: CAPF",
		sast + "pub: ITLRECOVERY_pub.joemar2.lab", "CCM+TFTP of third",
	}, contents(l.Pub.CTL())))
}

// What cannot be done changes nothing.
func TestRefusalsAboutTheCTL(t *testing.T) {
	l := newLab(t)
	refused := func(n *cucm.Node, command, words string) {
		t.Helper()
		before := l.Snapshot()
		_, err := l.Types(n, command, "y")
		require.ErrorContains(t, err, words)
		require.Empty(t, cmp.Diff(before, l.Snapshot()))
	}
	for _, command := range []string{mixedMode, nonSecure, updateCTL, resetCTL} {
		refused(l.Sub, command, "This is not a Publisher Node")
	}
	refused(l.Pub, nonSecure, "The cluster is in this security mode already")
	refused(l.Pub, updateCTL, "The cluster is in non-secure mode")
	refused(l.Pub, resetCTL, "The cluster is in non-secure mode")
	l.Must(l.Pub, "utils service stop Cisco Certificate Authority Proxy Function")
	refused(l.Pub, mixedMode, "Cisco Certificate Authority Proxy Function is not running")
	l.Must(l.Pub, "utils service start Cisco Certificate Authority Proxy Function")
	_, err := l.Types(l.Pub, mixedMode, "n")
	require.ErrorIs(t, err, cli.ErrDeclined)
	require.Equal(t, cucm.NonSecure, l.SecurityMode())
	require.NotContains(t, l.Must(l.Pub, "utils service list"), "Cisco CTL Provider[STARTED]")
	l.Must(l.Pub, mixedMode, "y")
	require.Contains(t, l.Must(l.Pub, "utils service list"), "Cisco CTL Provider[STARTED]")
	refused(l.Pub, mixedMode, "The cluster is in this security mode already")
	refused(l.Pub, "file delete tftp ITLFile.tlv", "There is no file ITLFile.tlv that may be deleted")
}
