package cucm_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/internal/cucmtest"
	"itlsim/sip"
)

// A fork is the same cluster once more: what is done to either does not show in
// the other.
func TestForkGoesItsOwnWay(t *testing.T) {
	l := newLab(t)
	l.Register("SEP00000000000A")
	sum := sip.Checksum(l.Sub.ITL().SHA1())
	l.Alarm(sip.DeviceTLInfo{Device: "SEP00000000000A", ITL: &sum})
	file, err := l.Sub.File("SEP00000000000A.cnf.xml.sgn")
	require.NoError(t, err)

	fork, err := l.Fork(nil, func(cfg *cucm.Config) { cfg.Keys = testkeys.NewPool(2) })
	require.NoError(t, err)
	state := func(c *cucm.Cluster) map[string][]byte {
		files, err := cucm.StateFiles(c)
		require.NoError(t, err)
		return files
	}
	before := state(l.Cluster)
	require.Equal(t, before, state(fork))
	require.Equal(t, l.Holders(), fork.Holders())
	require.Equal(t, 1, fork.Registered())
	same, err := fork.Nodes()[1].File("SEP00000000000A.cnf.xml.sgn")
	require.NoError(t, err)
	require.Equal(t, file, same)

	require.NoError(t, fork.Nodes()[1].Regenerate(cucm.CallManager))
	fork.Publisher().Unregister("SEP00000000000A", cucm.DeviceUnregistered)
	require.Equal(t, before, state(l.Cluster))
	require.Equal(t, 1, l.Registered())
	require.Empty(t, l.Resets, "the fork's phones are others")
	require.NoError(t, l.Pub.Regenerate(cucm.TVSUnit))
	require.True(t, fork.Publisher().Certificate(cucm.TVSUnit).Modified.IsZero())
}

// A fork signs what it serves by its own clock, and for itself.
func TestForkSignsForItself(t *testing.T) {
	l := newLab(t)
	l.Register("SEP00000000000A")
	for _, device := range []string{"SEP00000000000A", "SEP00000000000B"} {
		l.AddDevice(cucm.Device{Name: device, Model: "8861", Group: l.Nodes()})
	}
	_, err := l.Sub.File("SEP00000000000A.cnf.xml.sgn") // configurations of this kind are there now
	require.NoError(t, err)
	later := &cucmtest.Clock{}
	later.Set(l.Clock.Now().Add(time.Hour))
	fork, err := l.Fork(nil, func(cfg *cucm.Config) { cfg.Clock = later })
	require.NoError(t, err)
	file := func(n *cucm.Node) []byte {
		data, err := n.File("SEP00000000000B.cnf.xml.sgn")
		require.NoError(t, err)
		return data
	}
	require.NotEqual(t, file(fork.Nodes()[1]), file(l.Sub), "signed an hour later")
}

// A phone that auto-registration has entered is reset in a fork when it is due there.
func TestForkResetsNewcomers(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.AutoRegister = true })
	const newcomer = "SEP00000000000A"
	require.True(t, l.Pub.Admits(newcomer, "8861", netip.Addr{}))
	l.Pub.Register(newcomer, false)
	later := &cucmtest.Clock{}
	later.Set(l.Clock.Now())
	fork, err := l.Fork(nil, func(cfg *cucm.Config) { cfg.Clock = later })
	require.NoError(t, err)
	require.Equal(t, 1, fork.Registered())
	later.Set(later.Now().Add(time.Minute))
	require.NoError(t, fork.Tick())
	require.Zero(t, fork.Registered(), "it was told to boot again")
	require.Equal(t, 1, l.Registered())
	require.Empty(t, l.Resets)
}
