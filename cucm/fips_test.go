package cucm_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
)

// A change of FIPS mode makes all keys of one node anew and is kept; of another node
// nothing but the list changes.
func TestFIPS(t *testing.T) {
	for _, c := range []struct {
		release      cucm.Release
		ofPublisher  bool // ITLRecovery changes with the publisher
		ofSubscriber bool // and with the subscriber
	}{{cucm.Release91, false, false}, {cucm.Release10, true, true}, {cucm.Release125, true, false}} {
		dir := t.TempDir()
		l := openLab(t, dir, func(cfg *cucm.Config) { cfg.Release = c.release })
		for _, n := range l.Nodes() {
			other, renewed := l.Sub, c.ofSubscriber
			if n.Publisher() {
				renewed = c.ofPublisher
			} else {
				other = l.Pub
			}
			before, others, key := certificates(n), certificates(other), n.HostKey()
			require.False(t, n.FIPS())
			require.NoError(t, n.SetFIPS(true))
			require.True(t, n.FIPS())
			require.NotEqual(t, key, n.HostKey())
			for unit, now := range certificates(n) {
				require.Equal(t, unit != cucm.ITLRecovery || renewed, now != before[unit], "%s of a %s", unit, c.release)
			}
			for unit, now := range certificates(other) {
				shared := unit == cucm.ITLRecovery && c.release == cucm.Release125 && n.Publisher()
				require.Equal(t, shared, now != others[unit], "%s of the other node", unit)
			}
			require.NoError(t, n.ITL().VerifySelf())
			require.NoError(t, other.ITL().VerifySelf())
			require.ErrorIs(t, n.SetFIPS(true), cucm.ErrSameFIPS)
		}
		require.NoError(t, l.Close())
		l = openLab(t, dir)
		require.True(t, l.Sub.FIPS())
		require.NoError(t, l.Sub.SetFIPS(false))
		require.True(t, l.Pub.FIPS())
		require.NoError(t, l.Close())
	}
}

// certificates are a node's, by unit.
func certificates(n *cucm.Node) map[cucm.Unit]string {
	all := make(map[cucm.Unit]string)
	for _, unit := range n.Units() {
		all[unit] = string(n.Certificate(unit).Certificate.Raw)
	}
	return all
}
