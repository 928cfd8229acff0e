package cucm_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/cucm/ciscolog"
	"itlsim/internal/cucmtest"
	"itlsim/itl"
	"itlsim/tftp"
)

const unknown = "SEP00000000BEEF"

// nowhere is where a phone registers from without SIP.
var nowhere netip.Addr

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
	require.False(t, l.Pub.Admits(unknown, "8861", nowhere))
	require.False(t, known(l, unknown))
	l.AddDevice(cucm.Device{Name: unknown, Group: l.Nodes()})
	require.True(t, l.Pub.Admits(unknown, "8861", nowhere))
}

// On: the registration enters the phone, and a moment later it is reset, so that it
// loads the configuration that it has then.
func TestAutoRegistration(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.AutoRegister = true })
	_, err := l.Sub.File(unknown + ".cnf.xml.sgn")
	require.ErrorIs(t, err, tftp.ErrNotFound, "to ask for it enters nobody")
	require.False(t, known(l, unknown))

	require.True(t, l.Sub.Admits(unknown, "8861", nowhere))
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
		require.True(t, l.Pub.Admits(name, "8861", nowhere))
		l.Pub.Register(name, false)
	}
	_, err = l.Pub.File("SEP00000000CAFE.cnf.xml")
	require.NoError(t, err)
	l.Pub.Unregister("SEP00000000D00D", cucm.DeviceUnregistered)
	l.Wait(time.Minute)
	require.NoError(t, l.Tick())
	require.Len(t, l.Resets, 1)

	require.False(t, l.Pub.Admits("2001", "8861", nowhere), "that is not a phone's name")
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
			require.True(t, l.Pub.Admits(unknown, "8861", nowhere))
			require.NoError(t, l.Pub.SetSecurityMode(cucm.Mixed))
			require.Equal(t, enters, l.Pub.Admits("SEP00000000CAFE", "8861", nowhere))
			require.True(t, l.Pub.Admits(unknown, "8861", nowhere))
			require.NoError(t, l.Pub.SetSecurityMode(cucm.NonSecure))
			require.True(t, l.Pub.Admits("SEP00000000CAFE", "8861", nowhere))
		})
	}
}

// invented enters names that somebody invented, from an address, until one is refused,
// and reports how many were taken. Each registers, and is never heard of again.
func invented(l *cucmtest.Lab, from netip.Addr, names int) (taken int) {
	for range names {
		inventions++
		name := fmt.Sprintf("SEPBAD%09X", inventions)
		if !l.Pub.Admits(name, "", from) {
			break
		}
		taken++
		l.Pub.RegisterOver(name, cucm.Registration{Session: name}, time.Minute)
	}
	return taken
}

var inventions int

// Forty thousand invented names keep nobody out: those of one address leave room for
// others, and all are forgotten after a minute, as soon as somebody wants their place.
// Who is in the database by right stays.
func TestInventedNames(t *testing.T) {
	var full []ciscolog.Entry
	l := newLab(t, func(c *cucm.Config) {
		c.AutoRegister = true
		c.Logged = func(e ciscolog.Entry) {
			if e.Alarm == ciscolog.NumDevRegExceeded {
				full = append(full, e)
			}
		}
	})
	attacker, phones := netip.MustParseAddr("127.6.6.6"), netip.MustParseAddr("127.1.0.7")
	fresh := netip.MustParseAddr("127.1.0.8")
	const configured, settled, promoted = "SEP00000000000A", "SEP00000000000B", "SEP00000000000C"
	l.AddDevice(cucm.Device{Name: configured, Group: l.Nodes()})
	for _, name := range []string{settled, promoted} {
		require.True(t, l.Pub.Admits(name, "8861", attacker), "a lab behind one address")
		l.Pub.Register(name, false)
	}
	_, err := l.Pub.File(settled + ".cnf.xml.sgn")
	require.NoError(t, err)
	l.AddDevice(cucm.Device{Name: promoted, Group: l.Nodes()})

	require.Equal(t, 20_000-1, invented(l, attacker, 30_000), "of one address half")
	require.Len(t, full, 1, "said once")
	require.Contains(t, full[0].String(), "-3-NumDevRegExceeded: %[MaxDevices=40000][AppID=Cisco CallManager]")
	require.True(t, l.Pub.Admits("SEP00000000000D", "8861", phones), "others find room")

	const ghost = "SEPBAD000000001" // does all that a phone does, once
	_, err = l.Pub.File(ghost + ".cnf.xml.sgn")
	require.NoError(t, err)
	addresses := func(i int) netip.Addr { return netip.AddrFrom4([4]byte{127, 7, byte(i >> 8), byte(i)}) }
	for i := range 40 {
		invented(l, addresses(i), 10_000)
	}
	require.False(t, l.Pub.Admits("SEP00000000000E", "8861", fresh), "now it is full")
	require.Len(t, full, 1)

	l.Wait(time.Minute)
	require.True(t, l.Pub.Admits("SEP00000000000E", "8861", fresh), "a minute later there is room again")
	require.True(t, l.Pub.Admits("SEP00000000000F", "8861", attacker), "for a phone of that address, too")
	for i := range 50_000 {
		invented(l, addresses(i), 1)
	}
	require.True(t, known(l, ghost), "it is registered")
	l.Wait(5 * time.Minute)
	for i := range 50_000 {
		invented(l, addresses(i), 1)
	}
	require.False(t, known(l, ghost))
	_, err = l.Pub.File(ghost + ".cnf.xml.sgn")
	require.ErrorIs(t, err, tftp.ErrNotFound)
	signed := l.Counts().ConfigsSigned
	l.Wait(time.Minute)
	require.True(t, l.Pub.Admits(ghost, "", netip.MustParseAddr("127.1.0.9")))
	_, err = l.Pub.File(ghost + ".cnf.xml.sgn")
	require.NoError(t, err)
	require.Equal(t, signed+1, l.Counts().ConfigsSigned, "what was signed for it went with it")
	for _, name := range []string{configured, settled, promoted} {
		require.True(t, known(l, name), name)
	}
	require.Same(t, l.Pub, l.CallManagerOf(settled))
	all := 0
	for _, names := range l.ITLStatuses() {
		all += len(names)
	}
	require.Equal(t, 40_000, all)
}

// Nothing is signed for names that are not in the database, however many ask.
func TestInventedNamesCostNoSignature(t *testing.T) {
	for _, auto := range []bool{false, true} {
		l := newLab(t, func(c *cucm.Config) { c.AutoRegister = auto })
		_, err := l.Pub.File("XMLDefault.cnf.xml.sgn")
		require.NoError(t, err)
		for i := range 1000 {
			name := fmt.Sprintf("SEPBAD%09X", i)
			for _, file := range []string{name + ".cnf.xml", name + ".cnf.xml.sgn", name + ".cnf.xml.enc.sgn"} {
				_, err := l.Pub.File(file)
				require.ErrorIs(t, err, tftp.ErrNotFound)
			}
			_, err = l.Pub.File("CTL" + name + ".tlv")
			require.ErrorIs(t, err, tftp.ErrNotFound, "no mixed mode")
			list, err := l.Pub.File("ITL" + name + ".tlv")
			require.NoError(t, err)
			require.Same(t, &l.Pub.ITL().Bytes()[0], &list[0], "as CUCM gives it to anybody, and no copy")
			_, err = l.Pub.File("XMLDefault.cnf.xml.sgn")
			require.NoError(t, err)
		}
		require.EqualValues(t, 1, l.Counts().ConfigsSigned, "the default one")
	}
}
