package cucm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/cucmtest"
	"itlsim/itl"
)

// The digest comes into force on each node with the next start of its TFTP, in lists
// and configurations alike, and is kept.
func TestSignatureAlgorithm(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir, func(c *cucm.Config) { c.Release = cucm.Release15 })
	l.AddDevice(cucm.Device{Name: phoneName, Group: l.Nodes()})
	signs := func(n *cucm.Node, want itl.Digest) {
		t.Helper()
		require.Equal(t, want, n.ITL().Digest, n.Name())
		data, err := n.File(phoneName + ".cnf.xml.sgn")
		require.NoError(t, err)
		file, err := itl.ParseFile(data)
		require.NoError(t, err)
		require.Equal(t, want, file.Digest, n.Name())
	}
	signs(l.Pub, itl.SHA1)
	require.NoError(t, l.SetSignatureAlgorithm(itl.SHA512))
	signs(l.Pub, itl.SHA1)
	l.Must(l.Pub, "set cert regen TVS", "yes")
	signs(l.Pub, itl.SHA1)
	l.Must(l.Pub, "utils service restart Cisco Tftp")
	signs(l.Pub, itl.SHA512)
	signs(l.Sub, itl.SHA1)
	require.NoError(t, l.Close())

	l = openLab(t, dir)
	l.AddDevice(cucm.Device{Name: phoneName, Group: l.Nodes()})
	signs(l.Pub, itl.SHA512)
	signs(l.Sub, itl.SHA1)
	require.NoError(t, l.SetSignatureAlgorithm(itl.SHA1))
	l.Must(l.Pub, "utils service restart Cisco Tftp")
	signs(l.Pub, itl.SHA1)
}

// Set to manual, a regeneration rebuilds the lists and resets nobody.
func TestPhoneInteraction(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir, func(c *cucm.Config) { c.Release = cucm.Release14 })
	l.Register(phoneName)
	l.Must(l.Pub, "set cert regen CallManager", "yes")
	require.Len(t, l.Resets, 1, "automatic is the default")
	require.NoError(t, l.SetPhoneInteraction(false))
	require.NoError(t, l.Close())

	l = openLab(t, dir)
	l.Register(phoneName)
	for _, unit := range []string{"TVS", "CAPF", "CallManager"} {
		l.Wait(cucmtest.Guard)
		before := l.Pub.ITL()
		l.Must(l.Pub, "set cert regen "+unit, "yes")
		require.NotSame(t, before, l.Pub.ITL())
	}
	require.NoError(t, l.Pub.Rename("newpub", ""))
	require.Empty(t, l.Resets)
	require.NoError(t, l.PrepareForRollback(true))
	require.Len(t, l.Resets, 1, "which is not a change of certificates")
	require.NoError(t, l.SetPhoneInteraction(true))
	l.Must(l.Sub, "set cert regen CallManager", "yes")
	require.Len(t, l.Resets, 2)
}

// A parameter that a release does not have cannot be set.
func TestParametersThatAReleaseLacks(t *testing.T) {
	for release, has := range map[cucm.Release][2]bool{
		cucm.Release91: {false, false}, cucm.Release10: {true, false}, cucm.Release125: {true, false},
		cucm.Release14: {true, true}, cucm.Release15: {true, true},
	} {
		l := newLab(t, func(c *cucm.Config) { c.Release = release })
		before := l.Snapshot()
		for i, err := range []error{l.SetSignatureAlgorithm(itl.SHA1), l.SetPhoneInteraction(true)} {
			if has[i] {
				require.NoError(t, err, release)
				continue
			}
			require.ErrorIs(t, err, cucm.ErrRefused)
			require.ErrorContains(t, err, "release "+string(release)+" has no enterprise parameter ")
		}
		require.Equal(t, before, l.Snapshot())
		require.NoError(t, l.PrepareForRollback(true), release)
	}
}
