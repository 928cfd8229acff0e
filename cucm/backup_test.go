package cucm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/internal/cucmtest"
	"itlsim/internal/sftptest"
	"itlsim/itl"
	"itlsim/phone"
)

// clusters are labs whose state is kept in memory, and on disk.
var clusters = map[string]func(t *testing.T, change ...func(*cucm.Config)) *cucmtest.Lab{
	"in memory": newLab, "on disk": newKeptLab,
}

// M16, M20: a restore brings the old keys back, the recovery key among them; a
// phone that was lost takes the list again.
func TestRestore(t *testing.T) {
	for name, install := range clusters {
		t.Run(name, func(t *testing.T) {
			l := install(t)
			held := l.Pub.ITL()
			keys := map[cucm.Unit][]byte{}
			for _, u := range cucm.Units {
				keys[u] = l.Pub.Certificate(u).Certificate.Raw
			}
			_, err := l.Types(l.Pub, "utils disaster_recovery restore monday", "yes")
			require.ErrorContains(t, err, "no backup")
			_, err = l.Types(l.Pub, "utils disaster_recovery backup ../monday")
			require.Error(t, err)
			l.Must(l.Pub, "utils disaster_recovery backup monday")
			require.Equal(t, []string{"monday"}, l.Backups())
			for _, u := range []string{"CallManager", "TVS", "ITLRecovery"} {
				l.Must(l.Pub, "set cert regen "+u, "yes")
				l.Wait(cucmtest.Guard)
			}
			l.Must(l.Pub, "utils service restart Cisco Tftp")
			verdict, _ := phone.WouldTake(held, l.Pub.ITL().Bytes())
			require.NotNil(t, verdict.Refusal)
			l.Must(l.Pub, "utils disaster_recovery restore monday", "yes")
			for _, u := range cucm.Units {
				require.Equal(t, keys[u], l.Pub.Certificate(u).Certificate.Raw, u)
			}
			verdict, _ = phone.WouldTake(held, l.Pub.ITL().Bytes())
			require.Nil(t, verdict.Refusal)
			_, err = l.Types(l.Sub, "utils disaster_recovery backup x")
			require.ErrorIs(t, err, cucm.ErrNotPublisher)
		})
	}
}

// M18: a rebuilt publisher gets its phones back with a saved .p12 if its
// security password is that of the file; with another it changes nothing.
func TestRebuiltPublisher(t *testing.T) {
	s := sftptest.Start(t, sftptest.Password, cucmtest.HostKeys(t, 1)[0], "")
	l := newLab(t, func(c *cucm.Config) { c.Security = "the password" })
	_, err := l.Fetch(l.Pub, s, "yes")
	require.NoError(t, err)
	held := l.Pub.ITL()
	taken := func() bool {
		verdict, _ := phone.WouldTake(held, l.Pub.ITL().Bytes())
		return verdict.Refusal == nil
	}
	hostKey := l.Pub.HostKey()
	l.Must(l.Pub, "utils disaster_recovery prepare restore pub_from_sub", "yes", "another")
	require.False(t, taken())
	require.NotEqual(t, hostKey, l.Pub.HostKey())
	before := l.Snapshot()
	_, err = l.Remotekey(s, s.Password, "yes", password)
	require.ErrorIs(t, err, cucm.ErrP12Password)
	require.Empty(t, cmp.Diff(before, l.Snapshot()))

	l.Must(l.Pub, "utils disaster_recovery prepare restore pub_from_sub", "yes", "the password")
	l.Must(l.Pub, "utils itl reset localkey", password)
	require.False(t, taken(), "the new recovery key is unknown to phones")
	_, err = l.Remotekey(s, s.Password, "yes", password)
	require.NoError(t, err)
	require.True(t, taken())
	require.True(t, l.Sub.ITL().Signer.Same(itl.IdentityOf(l.Pub.Certificate(cucm.ITLRecovery).Certificate)))
}

// A restore brings the phones' settings back, too, and no configuration that
// was signed in between is served for them.
func TestRestoredSettings(t *testing.T) {
	l := newLab(t)
	l.Register(phoneName)
	settings := func() cnf.Settings {
		data, err := l.Pub.File(phoneName + ".cnf.xml.sgn")
		require.NoError(t, err)
		f, err := itl.ParseFile(data)
		require.NoError(t, err)
		return settingsIn(t, f.Payload)
	}
	first := settings()
	l.Must(l.Pub, "utils disaster_recovery backup monday")
	require.NoError(t, l.Configure(cnf.Settings{WebAccess: true, SSHAccess: true}))
	require.NotEqual(t, first, settings())
	l.Must(l.Pub, "utils disaster_recovery restore monday", "yes")
	require.Equal(t, first, settings())
}
