package fleettest

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// Models boots new phones of a sound cluster, and regenerates the CallManager of its
// publisher. Each phone does what the table of models says of it.
func Models(t *testing.T, f fleet.Fleet, c *cucm.Cluster) {
	t.Helper()
	f.Send(phone.PowerOn{}, nil)
	require.NoError(t, f.Settle(context.Background()))
	for v := range f.All(fleet.Whole) {
		as := v.Profile.String()
		require.NotEmpty(t, v.CallManager, as)
		require.Nil(t, v.Refusal, as)
		_, reported := c.Holds(v.Name)
		require.Equal(t, v.Profile.ReportsLists, reported, "%s: DeviceTLInfo", as)
		if v.Profile.NoITL {
			knowsNone(t, v)
			continue
		}
		require.Equal(t, phone.Trusted, v.State, as)
		require.Equal(t, c.Publisher().ITL().SHA1(), v.Flash.Lists.ITL.SHA1(), as)
		require.Equal(t, phone.ByITL, v.ConfigBy, as)
	}

	require.NoError(t, c.Publisher().Regenerate(cucm.CallManager)) // which resets the phones
	require.NoError(t, f.Settle(context.Background()))
	for v := range f.All(fleet.Whole) {
		as := v.Profile.String()
		require.EqualValues(t, phone.ResetReset, v.Cause, as)
		require.NotEmpty(t, v.CallManager, as)
		if v.Profile.NoITL {
			knowsNone(t, v)
			continue
		}
		require.Equal(t, phone.Trusted, v.State, as)
		require.Equal(t, c.Publisher().ITL().SHA1(), v.Flash.Lists.ITL.SHA1(), as)
	}
}

// knowsNone checks a phone that knows no ITL.
func knowsNone(t *testing.T, v *fleet.View) {
	t.Helper()
	as := v.Profile.String()
	require.Equal(t, phone.None, v.State, as)
	require.Equal(t, phone.Lists{}, v.Flash.Lists, as)
	require.Equal(t, phone.ByFaith, v.ConfigBy, as)
	require.False(t, v.Profile.ReportsLists, as)
	for _, line := range v.Status() {
		require.NotContains(t, line.Text, "Trust List", as)
	}
}
