package cucm_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/internal/sftptest"
	"itlsim/itl"
	"itlsim/phone"
)

// clusters are labs whose state is kept in memory, and on disk.
var clusters = map[string]func(t *testing.T, change ...func(*cucm.Config)) *lab{"in memory": newLab, "on disk": newKeptLab}

// M16, M20: a restore brings the old keys back, the recovery key among them; a
// phone that was lost takes the list again.
func TestRestore(t *testing.T) {
	for name, install := range clusters {
		t.Run(name, func(t *testing.T) {
			l := install(t)
			held := l.pub.ITL()
			keys := map[cucm.Unit][]byte{}
			for _, u := range cucm.Units {
				keys[u] = l.pub.Certificate(u).Certificate.Raw
			}
			_, err := l.types(l.pub, "utils disaster_recovery restore monday", "yes")
			require.ErrorContains(t, err, "no backup")
			_, err = l.types(l.pub, "utils disaster_recovery backup ../monday")
			require.Error(t, err)
			l.must(l.pub, "utils disaster_recovery backup monday")
			require.Equal(t, []string{"monday"}, l.Backups())
			for _, u := range []string{"CallManager", "TVS", "ITLRecovery"} {
				l.must(l.pub, "set cert regen "+u, "yes")
				l.wait(cucmGuard)
			}
			l.must(l.pub, "utils service restart Cisco Tftp")
			verdict, _ := phone.WouldTake(held, l.pub.ITL().Bytes())
			require.NotNil(t, verdict.Refusal)
			l.must(l.pub, "utils disaster_recovery restore monday", "yes")
			for _, u := range cucm.Units {
				require.Equal(t, keys[u], l.pub.Certificate(u).Certificate.Raw, u)
			}
			verdict, _ = phone.WouldTake(held, l.pub.ITL().Bytes())
			require.Nil(t, verdict.Refusal)
			_, err = l.types(l.sub, "utils disaster_recovery backup x")
			require.ErrorIs(t, err, cucm.ErrNotPublisher)
		})
	}
}

// M18: a rebuilt publisher gets its phones back with a saved .p12 if its
// security password is that of the file; with another it changes nothing.
func TestRebuiltPublisher(t *testing.T) {
	s := sftptest.Start(t, sftptest.Password, hostKeys(t, 1)[0], "")
	l := newLab(t, func(c *cucm.Config) { c.Security = "the password" })
	_, err := l.fetch(l.pub, s, "yes")
	require.NoError(t, err)
	held := l.pub.ITL()
	taken := func() bool {
		verdict, _ := phone.WouldTake(held, l.pub.ITL().Bytes())
		return verdict.Refusal == nil
	}
	hostKey := l.pub.HostKey()
	l.must(l.pub, "utils disaster_recovery prepare restore pub_from_sub", "yes", "another")
	require.False(t, taken())
	require.NotEqual(t, hostKey, l.pub.HostKey())
	before := l.snapshot()
	_, err = l.remotekey(s, s.Password, "yes", password)
	require.ErrorIs(t, err, cucm.ErrP12Password)
	require.Empty(t, cmp.Diff(before, l.snapshot()))

	l.must(l.pub, "utils disaster_recovery prepare restore pub_from_sub", "yes", "the password")
	l.must(l.pub, "utils itl reset localkey", password)
	require.False(t, taken(), "the new recovery key is unknown to phones")
	_, err = l.remotekey(s, s.Password, "yes", password)
	require.NoError(t, err)
	require.True(t, taken())
	require.True(t, l.sub.ITL().Signer.SameSerial(itl.IdentityOf(l.pub.Certificate(cucm.ITLRecovery).Certificate)))
}

// A restore brings the phones' settings back, too, and no configuration that
// was signed in between is served for them.
func TestRestoredSettings(t *testing.T) {
	l := newLab(t)
	l.register(phoneName)
	settings := func() cnf.Settings {
		data, err := l.pub.File(phoneName + ".cnf.xml.sgn")
		require.NoError(t, err)
		f, err := itl.ParseFile(data)
		require.NoError(t, err)
		return settingsIn(t, f.Payload)
	}
	first := settings()
	l.must(l.pub, "utils disaster_recovery backup monday")
	require.NoError(t, l.Configure(cnf.Settings{WebAccess: true, SSHAccess: true}))
	require.NotEqual(t, first, settings())
	l.must(l.pub, "utils disaster_recovery restore monday", "yes")
	require.Equal(t, first, settings())
}
