package cucm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/cucmtest"
	"itlsim/itl"
	"itlsim/tvs"
)

// knows reports whether a node's TVS vouches for a certificate.
func knows(n *cucm.Node, cert *cucm.Certificate) bool {
	id := itl.IdentityOf(cert.Certificate)
	a := n.AnswerTVS(tvs.Request{Command: tvs.QueryRequest, Issuer: id.Issuer, Serial: id.Serial})
	return len(a.Roles) > 0
}

// A subscriber that is cut off goes on with what it knew: its list, its TVS's
// certificates, the settings. What needs both is refused. Then it learns the rest.
func TestPart(t *testing.T) {
	l := newLab(t)
	l.Cluster.AddDevice(cucm.Device{Name: phoneName, Model: "8861", Group: l.Cluster.Nodes()})
	list, ctl := l.Sub.ITL(), l.Sub.ServedCTL()
	require.NoError(t, l.Pub.Part(l.Sub))
	require.NoError(t, l.Sub.Part(l.Pub), "once more")
	require.False(t, l.Pub.Reaches(l.Sub))
	require.Contains(t, l.Must(l.Pub, "show network cluster"), "Subscriber callmanager unreachable")

	l.Must(l.Pub, "set cert regen TVS", "yes")
	l.Wait(cucmtest.Guard)
	l.Must(l.Pub, "set cert regen CallManager", "yes")
	s := l.Cluster.Settings()
	s.WebAccess = !s.WebAccess
	require.NoError(t, l.Cluster.Configure(s))
	require.Equal(t, list, l.Sub.ITL())
	require.Equal(t, ctl, l.Sub.ServedCTL())
	require.True(t, knows(l.Pub, l.Pub.Certificate(cucm.CallManager)))
	require.False(t, knows(l.Sub, l.Pub.Certificate(cucm.CallManager)))
	served := func(n *cucm.Node) bool {
		data, err := n.File(phoneName + ".cnf.xml")
		require.NoError(t, err)
		return settingsIn(t, data).WebAccess
	}
	require.Equal(t, s.WebAccess, served(l.Pub))
	require.NotEqual(t, s.WebAccess, served(l.Sub))

	require.ErrorIs(t, l.Sub.Regenerate(cucm.TVSUnit), cucm.ErrParted)
	require.ErrorIs(t, l.Sub.Rename("other", ""), cucm.ErrParted)
	require.ErrorIs(t, l.Sub.Regenerate(cucm.TVSUnit), cucm.ErrRefused)
	l.Must(l.Pub, "utils itl reset localkey", password)
	require.Equal(t, list, l.Sub.ITL(), "the reset list is not transferred")
	l.Must(l.Sub, "utils service restart Cisco Tftp")
	require.Equal(t, list.Records, l.Sub.ITL().Records, "of what it knows")

	require.NoError(t, l.Sub.Rejoin(l.Pub))
	require.True(t, l.Pub.Reaches(l.Sub))
	_, there := l.Sub.ITL().Find(itl.IdentityOf(l.Pub.Certificate(cucm.TVSUnit).Certificate), itl.TVS)
	require.True(t, there)
	require.True(t, knows(l.Sub, l.Pub.Certificate(cucm.CallManager)))
	require.Equal(t, s.WebAccess, served(l.Sub))
	require.NoError(t, l.Sub.Regenerate(cucm.CallManager))
}

// A cut in which nothing happened leaves the list as it is, a reset one too.
func TestPartWithoutAChange(t *testing.T) {
	l := newLab(t)
	l.Must(l.Pub, "utils itl reset localkey", password)
	list := l.Sub.ITL()
	require.NoError(t, l.Pub.Part(l.Sub))
	require.NoError(t, l.Pub.Rejoin(l.Sub))
	require.NoError(t, l.Pub.Rejoin(l.Sub), "once more")
	require.Equal(t, list, l.Sub.ITL())
}
