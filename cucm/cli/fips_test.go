package cli_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/internal/cucmtest"
)

// FIPS mode is asked for, and a change that fails has changed nothing.
func TestFIPSCommands(t *testing.T) {
	l := cucmtest.Open(t, t.TempDir(), func(c *cucm.Config) { c.Release = cucm.Release125 })
	require.Equal(t, "The system is operating in NON-FIPS mode.\n", l.Must(l.Pub, "utils fips status"))
	before := l.Snapshot()
	out, err := l.Types(l.Pub, "utils fips enable", "no")
	require.ErrorIs(t, err, cli.ErrDeclined)
	require.Contains(t, out, "\n6)SSH\n7)ITLRecovery\n")
	_, err = l.Types(l.Pub, "utils fips disable", "yes")
	require.EqualError(t, err, "The node is in this mode already: utils fips status")
	require.Equal(t, before, l.Snapshot())

	out = l.Must(l.Pub, "utils fips enable", "yes")
	require.Contains(t, out, "This will change the system to FIPS mode and will reboot.\n")
	require.Contains(t, out, "FIPS mode enabled successfully.\n")
	require.Equal(t, "The system is operating in FIPS mode.\n", l.Must(l.Pub, "utils fips status"))
	require.Equal(t, "The system is operating in NON-FIPS mode.\n", l.Must(l.Sub, "utils fips status"))
	_, err = l.Types(l.Pub, "set cert regen TVS", "yes")
	var guard *cucm.GuardError
	require.ErrorAs(t, errors.Unwrap(err), &guard, "the new certificates guard each other")

	l = cucmtest.New(t, func(c *cucm.Config) { c.Release = cucm.Release91 })
	require.NotContains(t, l.Must(l.Pub, "utils fips enable", "yes"), "ITLRecovery")
}
