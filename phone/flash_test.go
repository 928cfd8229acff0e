package phone

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/itl"
)

// A TVS that vouches for another signer with each boot takes so much of the flash and no
// more: the newest answers stay, one of each signer, and what others hold is not written to.
func TestVouchesAreBounded(t *testing.T) {
	var f Flash
	var before [][]Vouch
	roles := []itl.Role{itl.TFTP}
	now := time.Unix(1e9, 0)
	signer := func(n int) itl.Identity { return itl.Identity{Issuer: "CN=x", Serial: []byte{byte(n)}} }
	const boots = 3 * maxVouches
	for n := range boots {
		f.keepVouch(&Vouched{Signer: signer(n), Roles: roles}, now.Add(time.Hour), now)
		before = append(before, f.Vouches)
	}
	require.Len(t, f.Vouches, maxVouches)
	for n := range boots {
		require.Equal(t, n >= boots-maxVouches, f.vouchFor(signer(n), roles, now) != nil, n)
		require.True(t, before[n][0].of(signer(max(0, n+1-maxVouches))))
	}
	f.keepVouch(&Vouched{Signer: signer(boots - 2), Roles: roles}, now.Add(time.Hour), now)
	require.Len(t, f.Vouches, maxVouches, "in place of the earlier one")
}
