package lab

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Labs that are open at the same time have no address in common.
func TestLabsHaveAddressesOfTheirOwn(t *testing.T) {
	one, err := claimAddresses()
	require.NoError(t, err)
	two, err := claimAddresses()
	require.NoError(t, err)
	require.NotEqual(t, one.next(), two.next())
	require.NotEqual(t, one.next(), one.next())
	require.NoError(t, one.Close())
	require.NoError(t, two.Close())
}
