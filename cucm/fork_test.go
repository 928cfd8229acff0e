package cucm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
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
