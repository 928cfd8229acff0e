package cucm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/internal/cucmtest"
	"itlsim/itl"
	"itlsim/tftp"
)

const unknown = "SEP00000000BEEF"

// The default configuration is there for all, plain and signed, under both
// spellings: it names the call managers and TVS of the node's group.
func TestDefaultConfiguration(t *testing.T) {
	l := newLab(t)
	plain, err := l.Sub.File("XMLDefault.cnf.xml")
	require.NoError(t, err)
	config, err := cnf.Parse(plain)
	require.NoError(t, err)
	require.True(t, config.Default)
	require.Equal(t, []string{"test10sub:5060", "test10pub:5060"}, config.CallManagers)
	require.True(t, config.Settings.SettingsAccess, "it has no settings of the cluster's")

	for _, name := range []string{"XMLDefault.cnf.xml.sgn", "XmlDefault.cnf.xml.sgn"} {
		data, err := l.Sub.File(name)
		require.NoError(t, err)
		file, err := itl.ParseFile(data)
		require.NoError(t, err)
		require.Equal(t, "XMLDefault.cnf.xml.sgn", file.Filename)
		require.Equal(t, plain, file.Payload)
		rec, ok := l.Sub.ITL().Find(file.Signer, itl.TFTP)
		require.True(t, ok)
		require.NoError(t, file.Verify(rec.Key()))
	}

	// A regenerated certificate signs it from then on.
	require.NoError(t, l.Sub.Regenerate(cucm.CallManager))
	data, err := l.Sub.File("XMLDefault.cnf.xml.sgn")
	require.NoError(t, err)
	file, err := itl.ParseFile(data)
	require.NoError(t, err)
	require.Equal(t, itl.IdentityOf(l.Sub.Certificate(cucm.CallManager).Certificate), file.Signer)
}

// known reports whether a phone is in the database.
func known(l *cucmtest.Lab, device string) bool {
	_, ok := l.Device(device)
	return ok
}

// Off, as on a new CUCM: a phone that is not in the database gets no configuration of
// its own, and is not registered.
func TestWithoutAutoRegistration(t *testing.T) {
	l := newLab(t)
	for _, name := range []string{unknown + ".cnf.xml", unknown + ".cnf.xml.sgn", unknown + ".cnf.xml.enc.sgn"} {
		_, err := l.Pub.File(name)
		require.ErrorIs(t, err, tftp.ErrNotFound, name)
	}
	require.False(t, l.Pub.Admits(unknown, "8861"))
	require.False(t, known(l, unknown))
	l.AddDevice(cucm.Device{Name: unknown, Group: l.Nodes()})
	require.True(t, l.Pub.Admits(unknown, "8861"))
}

// On: the registration enters the phone, and a moment later it is reset, so that it
// loads the configuration that it has then.
func TestAutoRegistration(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.AutoRegister = true })
	_, err := l.Sub.File(unknown + ".cnf.xml.sgn")
	require.ErrorIs(t, err, tftp.ErrNotFound, "to ask for it enters nobody")
	require.False(t, known(l, unknown))

	require.True(t, l.Sub.Admits(unknown, "8861"))
	l.Sub.Register(unknown, false)
	entered, _ := l.Device(unknown)
	require.Equal(t, cucm.Device{Name: unknown, Model: "8861", Group: []*cucm.Node{l.Sub, l.Pub}}, entered)
	require.NoError(t, l.Tick())
	require.Empty(t, l.Resets, "not yet")
	l.Wait(time.Second)
	require.NoError(t, l.Tick())
	require.Equal(t, [][]string{{unknown}}, l.Resets)
	_, err = l.Sub.File(unknown + ".cnf.xml.sgn")
	require.NoError(t, err)

	l.Wait(time.Minute)
	require.NoError(t, l.Tick())
	require.Len(t, l.Resets, 1, "once")

	// Who asks for it without being told is not reset; who has gone meanwhile, neither.
	for _, name := range []string{"SEP00000000CAFE", "SEP00000000D00D"} {
		require.True(t, l.Pub.Admits(name, "8861"))
		l.Pub.Register(name, false)
	}
	_, err = l.Pub.File("SEP00000000CAFE.cnf.xml")
	require.NoError(t, err)
	l.Pub.Unregister("SEP00000000D00D", cucm.DeviceUnregistered)
	l.Wait(time.Minute)
	require.NoError(t, l.Tick())
	require.Len(t, l.Resets, 1)

	require.False(t, l.Pub.Admits("2001", "8861"), "that is no phone's name")
	require.False(t, known(l, "2001"))
}

// A CallManager Group has three nodes, a cluster twenty-one.
func TestLimitsOfAConfiguration(t *testing.T) {
	l := newLab(t)
	l.AddDevice(cucm.Device{Name: unknown, Group: []*cucm.Node{l.Pub, l.Sub, l.Pub, l.Sub}})
	entered, _ := l.Device(unknown)
	require.Len(t, entered.Group, cucm.MaxGroup)

	cfg := l.Config
	cfg.Nodes = make([]cucm.NodeConfig, cucm.MaxNodes+1)
	_, err := cucm.New(cfg)
	require.EqualError(t, err, "22 nodes: a cluster has at most 21")
}

// In mixed mode older releases enter nobody. Who is there already stays.
func TestAutoRegistrationInMixedMode(t *testing.T) {
	for release, enters := range map[cucm.Release]bool{
		cucm.Release10: false, "11.0": false, cucm.Release115: true, cucm.Release15: true,
	} {
		t.Run(string(release), func(t *testing.T) {
			l := newLab(t, func(c *cucm.Config) { c.AutoRegister, c.Release = true, release })
			require.True(t, l.Pub.Admits(unknown, "8861"))
			require.NoError(t, l.Pub.SetSecurityMode(cucm.Mixed))
			require.Equal(t, enters, l.Pub.Admits("SEP00000000CAFE", "8861"))
			require.True(t, l.Pub.Admits(unknown, "8861"))
			require.NoError(t, l.Pub.SetSecurityMode(cucm.NonSecure))
			require.True(t, l.Pub.Admits("SEP00000000CAFE", "8861"))
		})
	}
}
