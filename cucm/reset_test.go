package cucm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/internal/cucmtest"
	"itlsim/internal/sftptest"
	"itlsim/itl"
)

// meddler is an administrator's terminal that does something when it is shown
// certain words.
type meddler struct {
	cli.Script
	at string
	do func()
}

func (m *meddler) Write(p []byte) (int, error) {
	if m.do != nil && strings.Contains(string(p), m.at) {
		m.do()
		m.do = nil
	}
	return m.Script.Write(p)
}

// M22, this project's reading of CSCun18578: a TFTP node is lost between the
// listing and the transfer. No node has changed, not half of them.
func TestNodeLostBeforeTheTransfer(t *testing.T) {
	l := newLab(t)
	before := l.Snapshot()
	m := &meddler{
		Script: cli.Script{Answers: []string{password}},
		at:     "generated successfully", do: func() { require.NoError(t, l.Sub.PowerOff()) },
	}
	err := cli.Run(l.Pub, m, "utils itl reset localkey")
	var lost *cucm.NodeLostError
	require.ErrorAs(t, err, &lost)
	require.Equal(t, "test10sub", lost.Node)
	require.Contains(t, m.Output.String(), "['test10pub', 'test10sub']")
	require.NotContains(t, m.Output.String(), "Restarting")
	require.Empty(t, cmp.Diff(before, l.Snapshot()))

	// It is not listed while it is down, and comes back with a list of its own.
	require.ErrorIs(t, cli.Run(l.Sub, &cli.Script{}, "show itl"), cli.ErrNodeDown)
	require.Contains(t, l.Must(l.Pub, "utils itl reset localkey", password), "['test10pub']")
	require.NoError(t, l.Sub.PowerOn())
	require.Contains(t, l.Sub.ITL().Signer.Subject, "CN=test10sub")
}

// A node whose TFTP is stopped is not active, and is left out.
func TestStoppedTFTPIsLeftOut(t *testing.T) {
	l := newLab(t)
	list := l.Sub.ITL()
	l.Must(l.Sub, "utils service stop Cisco Tftp")
	require.Contains(t, l.Must(l.Sub, "utils service list"), "\nCisco Tftp[STOPPED]  Commanded Out of Service\n")
	out := l.Must(l.Pub, "utils itl reset localkey", password)
	require.Contains(t, out, "['test10pub']")
	require.NotContains(t, out, "test10sub")
	require.Same(t, list, l.Sub.ITL())
	l.Must(l.Sub, "utils service start Cisco Tftp")
	require.NotSame(t, list, l.Sub.ITL(), "a start builds it anew")
	l.Must(l.Pub, "utils system restart", "yes")
	require.Contains(t, l.Pub.ITL().Signer.Subject, "CN=test10pub", "so does a restart of the node")
}

// A publisher without TFTP can use a regenerated recovery key: it has no start
// of TFTP to wait for.
func TestPublisherWithoutTFTPAfterRegeneration(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Nodes[0].TFTP = false })
	l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
	l.Must(l.Pub, "utils itl reset localkey", password)
	require.NoError(t, l.Sub.ITL().VerifySelf())
	require.True(t, l.Sub.ITL().Signer.Same(itl.IdentityOf(l.Pub.Certificate(cucm.ITLRecovery).Certificate)))
}

func release125(c *cucm.Config) { c.Release = cucm.Release125 }

// Release 12.5: ITLRecovery, one for all nodes, signs lists. The reset gives every
// TFTP node the publisher's list, signed by its CallManager key (CLI reference), and
// restarts nothing.
func TestRelease125(t *testing.T) {
	l := newLab(t, release125)
	recovery := l.Pub.Certificate(cucm.ITLRecovery)
	signedBy := func(cert *cucm.Certificate) {
		t.Helper()
		for _, n := range l.Nodes() {
			require.NoError(t, n.ITL().VerifySelf())
			require.True(t, n.ITL().Signer.Same(itl.IdentityOf(cert.Certificate)), n.Name())
		}
	}
	require.Equal(t, recovery.Certificate.Raw, l.Sub.Certificate(cucm.ITLRecovery).Certificate.Raw)
	signedBy(recovery)
	before := l.Pub.ITL()
	out := l.Must(l.Pub, "utils itl reset localkey")
	require.Equal(t, `
Name is None `+`

Generating the reset ITL file.....

The reset ITL file was generated successfully

Locating active Tftp servers in the cluster.....

Following is the list of Active tftp servers in the cluster

====================

test10pub
test10sub

=====================

Number of Active TFTP servers in the cluster : 2

Transferring new reset ITL file to the TFTP server nodes in the cluster.........

Successfully transferred reset ITL to node test10pub
Successfully transferred reset ITL to node test10sub
`, out)
	signedBy(l.Pub.Certificate(cucm.CallManager))
	require.Equal(t, l.Pub.ITL().SHA1(), l.Sub.ITL().SHA1(), "one file")
	require.Equal(t, before.Records, l.Pub.ITL().Records, "the publisher's list")
	for _, n := range l.Nodes() {
		l.Must(n, "utils service restart Cisco Tftp")
	}
	signedBy(recovery)
	require.NotEqual(t, l.Pub.ITL().SHA1(), l.Sub.ITL().SHA1())
}

// A regenerated ITLRecovery waits for TFTP, or for `localkey`, which puts its record
// into the list.
func TestNewRecoveryRecordInRelease125(t *testing.T) {
	l := newLab(t, release125)
	l.Register(phoneName)
	old := l.Pub.Certificate(cucm.ITLRecovery).Certificate
	_, err := l.Types(l.Sub, "set cert regen ITLRecovery", "yes")
	require.ErrorContains(t, err, "publisher")
	l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
	recovery := l.Pub.Certificate(cucm.ITLRecovery).Certificate
	require.NotEqual(t, old.Raw, recovery.Raw)
	require.Empty(t, l.Resets)
	require.Equal(t, recovery.Raw, l.Sub.Certificate(cucm.ITLRecovery).Certificate.Raw)

	// A rebuild keeps the old one, which signs until TFTP starts.
	l.Must(l.Sub, "set cert regen TVS", "yes")
	for _, n := range l.Nodes() {
		require.NoError(t, n.ITL().VerifySelf())
		require.True(t, n.ITL().Signer.Same(itl.IdentityOf(old)))
	}
	l.Must(l.Pub, "utils service restart Cisco Tftp")
	require.True(t, l.Pub.ITL().Signer.Same(itl.IdentityOf(recovery)))
	require.True(t, l.Sub.ITL().Signer.Same(itl.IdentityOf(old)))

	l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
	recovery = l.Pub.Certificate(cucm.ITLRecovery).Certificate
	records := len(l.Pub.ITL().Records)
	l.Must(l.Pub, "utils itl reset localkey")
	list := l.Pub.ITL()
	require.True(t, list.Signer.Same(itl.IdentityOf(l.Pub.Certificate(cucm.CallManager).Certificate)))
	require.Len(t, list.Records, records)
	require.True(t, list.Records[4].Holds(recovery.Raw))
	require.Equal(t, list.SHA1(), l.Sub.ITL().SHA1())
	// It is in force now: a rebuild before the next start of TFTP signs with it.
	l.Wait(cucmtest.Guard)
	l.Must(l.Sub, "set cert regen TVS", "yes")
	for _, n := range l.Nodes() {
		require.NoError(t, n.ITL().VerifySelf())
		require.True(t, n.ITL().Signer.Same(itl.IdentityOf(recovery)), n.Name())
	}
}

// In release 12.5, too, `remotekey` signs with the fetched key, one file for all.
func TestRemotekeyInRelease125(t *testing.T) {
	l := newLab(t, release125)
	s := sftptest.Start(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "")
	_, err := l.Fetch(l.Pub, s, "yes")
	require.NoError(t, err)
	saved := l.Pub.Certificate(cucm.ITLRecovery).Certificate
	l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
	for _, n := range l.Nodes() {
		l.Must(n, "utils service restart Cisco Tftp")
	}
	_, err = l.Remotekey(s, s.Password, password)
	require.NoError(t, err)
	for _, n := range l.Nodes() {
		require.True(t, n.ITL().Signer.Same(itl.IdentityOf(saved)))
		require.True(t, n.ITL().Records[4].Holds(saved.Raw))
		require.Equal(t, saved.Raw, n.Certificate(cucm.ITLRecovery).Certificate.Raw)
	}
	require.Equal(t, l.Pub.ITL().SHA1(), l.Sub.ITL().SHA1())
}

// M3: a change of names regenerates four certificates past the guard; the
// recovery key's record goes on showing the old name.
func TestRename(t *testing.T) {
	l := newLab(t)
	l.Register(phoneName)
	l.Must(l.Pub, "set cert regen CAPF", "yes")
	before := map[cucm.Unit]*cucm.Certificate{}
	for _, u := range cucm.Units {
		before[u] = l.Pub.Certificate(u)
	}
	l.Must(l.Pub, "set network hostname newpub", "yes")
	require.Equal(t, "newpub.joemar2.lab", l.Pub.FQDN())
	for _, u := range cucm.Units {
		kept := u == cucm.ITLRecovery || u == cucm.CAPFUnit
		require.Equal(t, kept, before[u] == l.Pub.Certificate(u), u)
	}
	require.Equal(t, "CN=ITLRECOVERY_test10pub.joemar2.lab", strings.Split(l.Pub.ITL().Records[4].Subject, ";")[0])
	tvs := l.Sub.ITL().Records[3]
	require.Equal(t, "newpub.joemar2.lab", itl.CommonName(tvs.Subject), "the publisher's TVS in the subscriber's list")
	require.Len(t, l.Resets, 2)
	l.Must(l.Sub, "set network domain example.org", "yes")
	require.Equal(t, "test10sub.example.org", l.Sub.FQDN())
	require.Equal(t, "newpub.joemar2.lab", l.Pub.FQDN(), "a domain is a node's own")
	l.Wait(cucmtest.Guard)
	l.Must(l.Pub, "set cert regen ITLRecovery", "yes")
	require.Contains(t, l.Pub.Certificate(cucm.ITLRecovery).Certificate.Subject.CommonName, "newpub")

	state := l.Snapshot()
	for _, bad := range []string{"test10sub", "no_name", "-x", "../x", strings.Repeat("x", 64)} {
		_, err := l.Types(l.Pub, "set network hostname "+bad, "yes")
		require.Error(t, err, bad)
	}
	_, err := l.Types(l.Pub, "set network domain x..y", "yes")
	require.Error(t, err)
	require.Empty(t, cmp.Diff(state, l.Snapshot()))
}

// running is a clock that goes on by a second whenever somebody looks.
type running struct{ *cucmtest.Clock }

func (r running) Now() time.Time {
	r.Set(r.Clock.Now().Add(time.Second))
	return r.Clock.Now()
}

// However long the signing takes, every TFTP node gets the same file (M7).
func TestAllNodesGetTheSameFile(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Clock = running{c.Clock.(*cucmtest.Clock)} })
	l.Must(l.Pub, "utils itl reset localkey", password)
	require.Equal(t, l.Pub.ITL().SHA1(), l.Sub.ITL().SHA1())
}
