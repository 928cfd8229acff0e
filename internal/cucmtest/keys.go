package cucmtest

import (
	"crypto/rsa"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
)

// HostKeys are of servers.
func HostKeys(t *testing.T, n int) []*rsa.PrivateKey {
	pool := testkeys.NewPool(99)
	keys := make([]*rsa.PrivateKey, n)
	for i := range keys {
		var err error
		keys[i], err = pool.Key(2048)
		require.NoError(t, err)
	}
	return keys
}
