package testkeys_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
)

// A pool goes on when all shipped keys are taken: never with a key that it gave
// before, and in the same way each time.
func TestAPoolNeverEnds(t *testing.T) {
	const bits = 1024
	one, same, other := testkeys.NewPool(7), testkeys.NewPool(7), testkeys.NewPool(8)
	seen := make(map[string]bool)
	differ := false
	for range 170 { // 160 are shipped
		key, err := one.Key(bits)
		require.NoError(t, err)
		require.Equal(t, bits, key.N.BitLen())
		require.False(t, seen[key.N.String()])
		seen[key.N.String()] = true
		again, err := same.Key(bits)
		require.NoError(t, err)
		require.True(t, key.Equal(again))
		foreign, err := other.Key(bits)
		require.NoError(t, err)
		differ = differ || !seen[foreign.N.String()]
	}
	require.True(t, differ, "another seed makes other keys")
	_, err := one.Key(512)
	require.EqualError(t, err, "test keys have 1024 to 4096 bits, not 512")
}

// A size that no shipped key has is made.
func TestAKeyOfAnotherSize(t *testing.T) {
	key, err := testkeys.NewPool(1).Key(1536)
	require.NoError(t, err)
	require.Equal(t, 1536, key.N.BitLen())
}

func BenchmarkMake(b *testing.B) {
	for b.Loop() {
		testkeys.NewPool(uint64(b.N)).Key(1536)
	}
}
