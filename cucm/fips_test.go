package cucm_test

import (
	"crypto/rsa"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
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

// Where one of the new keys cannot be made the node is as it was, whichever it is.
func TestFIPSFailsWhole(t *testing.T) {
	keys := &shortKeys{KeySource: testkeys.NewPool(7), left: 100}
	l := openLab(t, t.TempDir(), func(c *cucm.Config) { c.Keys = keys })
	l.Register(phoneName)
	before, host := l.Snapshot(), l.Pub.HostKey()
	for keys.left = range 6 {
		left := keys.left
		require.ErrorIs(t, l.Pub.SetFIPS(true), errNoKey, "after %d keys", left)
		require.Empty(t, cmp.Diff(before, l.Snapshot()), "after %d keys", left)
		require.Equal(t, host, l.Pub.HostKey())
		require.Empty(t, l.Resets)
	}
	keys.left = 6
	require.NoError(t, l.Pub.SetFIPS(true))
	require.Zero(t, keys.left, "one for each certificate")
	require.Len(t, l.Resets, 1)
}

var errNoKey = errors.New("no key is left")

// shortKeys gives a number of keys.
type shortKeys struct {
	cucm.KeySource
	left int
}

func (k *shortKeys) Key(bits int) (*rsa.PrivateKey, error) {
	if k.left == 0 {
		return nil, errNoKey
	}
	k.left--
	return k.KeySource.Key(bits)
}
