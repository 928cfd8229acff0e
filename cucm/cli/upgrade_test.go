package cli_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/internal/cucmtest"
)

// The dialogue of an upgrade, whose options are answered by number, file, build or
// release.
func TestUpgradeDialogue(t *testing.T) {
	l := cucmtest.New(t, func(c *cucm.Config) { c.Release = cucm.Release14 })
	require.Equal(t, `
Warning: Do not close this window without first canceling the upgrade.

Available options and upgrades:

  1) UCSInstall_UCOS_15.0.1.10000-32.sgn.iso
  q) quit

Please select an option (1 - 1 or "q" ): 1
Automatically switch versions if the upgrade is successful (yes/no): no
Start installation (yes/no): yes

The upgrade to 15.0.1.10000-32 is installed on the inactive partition.
`, l.Must(l.Pub, "utils system upgrade initiate", "1", "no", "yes"))
	require.Equal(t, `Inactive Master Version: 15.0.1.10000-32
Inactive Version Installed Software Options:
No Installed Software Options Found.
`, l.Must(l.Pub, "show version inactive"))

	for _, option := range []string{"15", "15.0.1.10000-32", "UCSInstall_UCOS_15.0.1.10000-32.sgn.iso"} {
		l.Must(l.Sub, "utils system upgrade initiate", option, "no", "yes")
		_, inactive := l.Sub.Versions()
		require.Equal(t, "15.0.1.10000-32", inactive, option)
	}
	require.Equal(t, `Active Version: 14.0.1.13900-155
Inactive Version: 15.0.1.10000-32

Do you really want to switch between versions and restart ?

Enter (yes/no)? yes
The version has been switched to 15.0.1.10000-32, and the services of the node have been restarted.
`, l.Must(l.Pub, "utils system switch-version", "yes"))
}

// What makes no sense is refused, and installs nothing.
func TestUpgradeIsRefused(t *testing.T) {
	l := cucmtest.New(t, func(c *cucm.Config) { c.Release = cucm.Release125 })
	for option, words := range map[string]string{
		"0": `"0" is none of the options`, "99": `"99" is none of the options`,
		"16": `"16" is none of the options`, "13.0.1.10000-1": `"13.0.1.10000-1" is not a version that is simulated`,
		"11.5": "Not version 11.5.1.12900-21: it is not later than 12.5.1.16065-1, which is active",
	} {
		_, err := l.Types(l.Pub, "utils system upgrade initiate", option, "no", "yes")
		require.EqualError(t, err, words)
	}
	_, err := l.Types(l.Pub, "utils system upgrade initiate", "q")
	require.ErrorIs(t, err, cli.ErrDeclined)
	_, err = l.Types(l.Pub, "utils system upgrade initiate", "1", "no", "no")
	require.ErrorIs(t, err, cli.ErrDeclined)
	_, inactive := l.Pub.Versions()
	require.Empty(t, inactive)
}
