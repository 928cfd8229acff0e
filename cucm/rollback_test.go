package cucm_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/itl"
)

// The lists lose their TFTP and TVS entries and get them back, at once, after a
// restart of the program and of TFTP; what signs them stays.
func TestPrepareForRollback(t *testing.T) {
	signers := map[cucm.Release]cucm.Unit{cucm.Release10: cucm.CallManager, cucm.Release125: cucm.ITLRecovery}
	for release, unit := range signers {
		t.Run(string(release), func(t *testing.T) {
			dir := t.TempDir()
			l := openLab(t, dir, func(c *cucm.Config) { c.Release = release })
			l.Register(phoneName)
			roles := func(empty bool) {
				t.Helper()
				require.Equal(t, empty, l.PreparedForRollback())
				for _, n := range l.Nodes() {
					var got []itl.Role
					for _, r := range n.ITL().Records {
						got = append(got, r.Role)
					}
					want := []itl.Role{itl.SAST, itl.TFTP, itl.CAPF, itl.TVS, itl.SAST, itl.TVS}
					if empty {
						want = []itl.Role{itl.SAST, itl.CAPF, itl.SAST}
					}
					require.Equal(t, want, got, n.Name())
					require.NoError(t, n.ITL().VerifySelf())
					require.Equal(t, itl.IdentityOf(n.Certificate(unit).Certificate).Subject, n.ITL().Signer.Subject)
				}
			}
			roles(false)
			l.Must(l.Pub, "utils itl reset localkey", password)
			require.NoError(t, l.PrepareForRollback(true))
			roles(true) // the reset list has ended, too
			require.Equal(t, [][]string{{phoneName}}, l.Resets)
			log := strings.Join(l.Pub.Log(), "\n")
			require.Contains(t, log, "%UC_TVS-6-RollBackToPre8.0Enabled: ")
			require.NotContains(t, log, "RollBackToPre8.0Disabled")

			before := l.Snapshot()
			require.NoError(t, l.PrepareForRollback(true))
			require.Equal(t, before, l.Snapshot(), "it is in force already")

			require.NoError(t, l.Close())
			l = openLab(t, dir)
			l.Register(phoneName)
			roles(true)
			l.Must(l.Pub, "utils service restart Cisco Tftp")
			l.Must(l.Sub, "set cert regen CallManager", "yes")
			roles(true)
			require.Contains(t, l.Must(l.Pub, "show itl"), "The ITL file was verified successfully.")

			// a node without power follows when it is back
			require.NoError(t, l.Sub.PowerOff())
			l.Resets = nil
			require.NoError(t, l.PrepareForRollback(false))
			require.NoError(t, l.Sub.PowerOn())
			roles(false)
			require.Equal(t, [][]string{{phoneName}}, l.Resets)
			require.Contains(t, strings.Join(l.Pub.Log(), "\n"), "%UC_TVS-6-RollBackToPre8.0Disabled: ")
		})
	}
}
