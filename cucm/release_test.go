package cucm_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/itl"
)

// What docs/reference/releases.md says of each release, looked at in a cluster of it: who signs
// lists and reset lists, how many ITLRecovery certificates there are and for how many
// years, and whether the guard holds.
func TestReleases(t *testing.T) {
	for release, want := range map[cucm.Release]struct {
		signer, resetSigner cucm.Unit
		recoveries, years   int
		restarts            bool // of TFTP by the reset
	}{
		"9.1":  {cucm.CallManager, "", 0, 0, false},
		"10.0": {cucm.CallManager, cucm.ITLRecovery, 2, 5, true},
		"10.5": {cucm.CallManager, cucm.ITLRecovery, 2, 5, true},
		"11.0": {cucm.CallManager, cucm.ITLRecovery, 2, 5, true},
		"11.5": {cucm.CallManager, cucm.ITLRecovery, 2, 5, true},
		"12.0": {cucm.ITLRecovery, cucm.CallManager, 2, 20, false},
		"12.5": {cucm.ITLRecovery, cucm.CallManager, 1, 20, false},
		"14":   {cucm.ITLRecovery, cucm.CallManager, 1, 20, false},
		"15":   {cucm.ITLRecovery, cucm.CallManager, 1, 20, false},
	} {
		t.Run(string(release), func(t *testing.T) {
			l := newLab(t, func(c *cucm.Config) { c.Release = release })
			signedBy := func(unit cucm.Unit) {
				t.Helper()
				require.NoError(t, l.Pub.ITL().VerifySelf())
				require.True(t, l.Pub.ITL().Signer.Same(itl.IdentityOf(l.Pub.Certificate(unit).Certificate)))
			}
			signedBy(want.signer)
			recoveries := make(map[string]bool)
			for _, n := range l.Nodes() {
				if c := n.Certificate(cucm.ITLRecovery); c != nil {
					recoveries[string(c.Certificate.Raw)] = true
					require.Equal(t, c.Certificate.NotBefore.AddDate(want.years, 0, 0), c.Certificate.NotAfter)
				}
			}
			require.Len(t, recoveries, want.recoveries)
			records := 6
			if want.recoveries == 0 {
				records = 5
			}
			require.Len(t, l.Pub.ITL().Records, records)

			l.Register(phoneName)
			l.Must(l.Sub, "set cert regen CallManager", "yes")
			_, err := l.Types(l.Sub, "set cert regen TVS", "yes")
			require.Equal(t, release == "9.1", err == nil, "the guard came with 10.0")
			require.NotEmpty(t, l.Resets)

			out, err := l.Types(l.Pub, "utils itl reset localkey", password)
			if want.resetSigner == "" {
				require.ErrorContains(t, err, "No valid command entered")
				require.NotContains(t, l.Must(l.Pub, "help"), "utils itl")
				return
			}
			require.NoError(t, err)
			signedBy(want.resetSigner)
			require.Equal(t, want.restarts, strings.Contains(out, "Restarting Cisco Tftp service"), out)
			require.Contains(t, l.Must(l.Pub, "help utils"), "utils itl reset localkey")
		})
	}
}

// Release 9.1 has no ITLRecovery: nothing to regenerate, to back up or to warn of.
func TestReleaseWithoutRecovery(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir, func(c *cucm.Config) { c.Release = cucm.Release91 })
	_, err := l.Types(l.Pub, "set cert regen ITLRecovery", "yes")
	require.ErrorContains(t, err, "not a certificate of this node")
	require.ErrorIs(t, l.Pub.Regenerate(cucm.ITLRecovery), cucm.ErrNoRecovery)
	_, err = l.Pub.BeginReset()
	require.ErrorIs(t, err, cucm.ErrNoRecovery)
	require.Nil(t, l.ResetSigner())
	require.NotContains(t, l.Must(l.Pub, "show cert list own"), "ITLRecovery")
	require.NotContains(t, l.Pub.TFTPFiles(), cucm.RecoveryFile)
	l.Must(l.Pub, "set password user security", "", "another", "another")
	l.Wait(30 * 24 * time.Hour)
	require.NoError(t, l.Tick())
	require.NotContains(t, l.Must(l.Pub, "file view activelog syslog/CiscoSyslog"), "ITLRecovery")
	before := l.Snapshot()
	require.NoError(t, l.Close())
	l = openLab(t, dir)
	require.Equal(t, before, l.Snapshot())
}

// A cluster is not installed with what its release does not have.
func TestReleaseRefuses(t *testing.T) {
	for words, change := range map[string]func(*cucm.Config){
		`release "7.1" is not simulated; there is 9.1, 10.0, 10.5, 11.0, 11.5, 12.0, 12.5, 14, 15`: func(c *cucm.Config) {
			c.Release = "7.1"
		},
		"release 12.5 has no keys of 3072 bits, as CallManager of test10pub would be; there are 1024, 2048, 4096": func(c *cucm.Config) {
			c.Release, c.KeyBits = cucm.Release125, 3072
		},
		"CallManager of test10pub cannot have 3072 bits: the files that it signs have no number for such keys": func(
			c *cucm.Config,
		) {
			c.Release, c.KeyBits = cucm.Release15, 3072
		},
		"release 11.5 has no keys of 3072 bits, as TVS of b would be; there are 1024, 2048, 4096": func(c *cucm.Config) {
			c.Release = cucm.Release115
			c.Nodes = []cucm.NodeConfig{{Name: "b", KeyBits: map[cucm.Unit]int{cucm.TVSUnit: 3072}}}
		},
		`release 9.1 has no enterprise parameter "TFTP File Signature Algorithm"`: func(c *cucm.Config) {
			c.Release, c.Digest = cucm.Release91, itl.SHA512
		},
	} {
		cfg := cucm.Cisco117598()
		change(&cfg)
		_, err := cucm.New(cfg)
		require.EqualError(t, err, words)
	}
}

// A key of 3072 bits that signs no files is played in release 14, and kept by a
// regeneration.
func TestKeysOf3072Bits(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) {
		c.Release = cucm.Release14
		c.Nodes = []cucm.NodeConfig{{Name: "pub", TFTP: true, TVS: true, KeyBits: map[cucm.Unit]int{cucm.TVSUnit: 3072}}}
	})
	require.Equal(t, 3072, l.Pub.Certificate(cucm.TVSUnit).Bits())
	require.NoError(t, l.Pub.ITL().VerifySelf())
	l.Must(l.Pub, "set cert regen TVS", "yes")
	require.Equal(t, 3072, l.Pub.Certificate(cucm.TVSUnit).Bits())
	require.NoError(t, l.Pub.ITL().VerifySelf())
}

// A version is of the release whose numbers it begins with.
func TestReleaseOf(t *testing.T) {
	for version, want := range map[string]struct {
		release cucm.Release
		exact   bool
	}{
		"8.6.2.20000-2":    {"9.1", false},
		"9.1.2.10000-28":   {"9.1", true},
		"10.0.1.11900-2":   {"10.0", true},
		"10.5.2.11900-3":   {"10.5", true},
		"11.5.1.12900-21":  {"11.5", true},
		"11.5":             {"11.5", true},
		"12.5.1.13900-152": {"12.5", true},
		"14.0.1.13900-155": {"14", true},
		"14":               {"14", true},
		"15.0.1.10000-32":  {"15", true},
		"16.0.1.10000-1":   {"15", false},
		"":                 {"9.1", false},
		"rubbish":          {"9.1", false},
	} {
		release, exact := cucm.ReleaseOf(version)
		require.Equal(t, want.release, release, version)
		require.Equal(t, want.exact, exact, version)
	}
}
