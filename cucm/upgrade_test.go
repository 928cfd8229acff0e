package cucm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/cucmtest"
	"itlsim/itl"
	"itlsim/tvs"
)

// upgrade installs a version on both nodes and switches to it, the publisher first.
func upgrade(l *cucmtest.Lab, version string) {
	for _, n := range l.Nodes() {
		l.Must(n, "utils system upgrade initiate", version, "no", "yes")
	}
	for _, n := range l.Nodes() {
		l.Must(n, "utils system switch-version", "yes")
	}
}

// From 9.1 to 15: ITLRecovery comes with 10.5 and is kept from then on, its five years
// too; it is one for all from 12.5 on, and signs the lists from there on.
func TestUpgrades(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir, func(c *cucm.Config) { c.Release = cucm.Release91 })
	signedBy := func(unit cucm.Unit) {
		t.Helper()
		for _, n := range l.Nodes() {
			require.NoError(t, n.ITL().VerifySelf())
			signer := n
			if unit == cucm.ITLRecovery {
				signer = l.Pub
			}
			require.True(t, n.ITL().Signer.Same(itl.IdentityOf(signer.Certificate(unit).Certificate)), n.Name())
		}
	}
	require.Len(t, l.Pub.ITL().Records, 5)
	callManager := l.Pub.Certificate(cucm.CallManager)

	upgrade(l, "10.5")
	require.Equal(t, cucm.Release("10.5"), l.Release())
	require.Contains(t, l.Must(l.Pub, "show version active"), "Active Master Version: 10.5.2.11900-3\n")
	require.Contains(t, l.Must(l.Sub, "show version inactive"), "Inactive Master Version: 9.1.2.10000-28\n")
	signedBy(cucm.CallManager)
	require.Len(t, l.Pub.ITL().Records, 6)
	recovery := l.Pub.Certificate(cucm.ITLRecovery).Certificate
	require.NotEqual(t, recovery.Raw, l.Sub.Certificate(cucm.ITLRecovery).Certificate.Raw)
	require.Contains(t, l.Pub.TFTPFiles(), cucm.RecoveryFile)
	_, err := l.Types(l.Pub, "set cert regen TVS", "yes")
	require.NoError(t, err, "no certificate of the upgrade guards another")

	upgrade(l, "12.5")
	signedBy(cucm.ITLRecovery)
	require.NoError(t, l.Close())
	l = openLab(t, dir)
	upgrade(l, "15")
	signedBy(cucm.ITLRecovery)
	for _, n := range l.Nodes() {
		require.Equal(t, recovery.Raw, n.Certificate(cucm.ITLRecovery).Certificate.Raw, n.Name())
	}
	require.Equal(t, recovery.NotBefore.AddDate(5, 0, 0), recovery.NotAfter)
	require.Equal(t, callManager.Certificate.Raw, l.Pub.Certificate(cucm.CallManager).Certificate.Raw)
	_, err = l.Types(l.Pub, "utils system upgrade initiate", "15", "no", "yes")
	require.ErrorContains(t, err, "There is no version later than 15.0.1.10000-32")
}

// Builds of 12.5 before SU3 make a new ITLRecovery when they come from a release with
// one per node; later ones, and those that come from 12.5, keep it (field notice 70613).
func TestUpgradeThatRemakesITLRecovery(t *testing.T) {
	for _, tc := range []struct {
		from   cucm.Release
		to     string
		remade bool
	}{
		{"10.5", "12.5.1.10000-22", true},
		{"12.0", "12.5.1.10000-22", true},
		{"11.5", "12.5.1.13900-152", false},
		{"11.5", "14", false},
	} {
		l := newLab(t, func(c *cucm.Config) { c.Release = tc.from })
		before := l.Pub.Certificate(cucm.ITLRecovery).Certificate.Raw
		upgrade(l, tc.to)
		for _, n := range l.Nodes() {
			after := n.Certificate(cucm.ITLRecovery).Certificate
			require.Equal(t, tc.remade, string(after.Raw) != string(before), "%s to %s", tc.from, tc.to)
			require.True(t, n.ITL().Signer.Same(itl.IdentityOf(after)))
		}
	}
}

// A subscriber that has not switched yet goes on as its own release does.
func TestSubscriberBehindItsPublisher(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Release = cucm.Release115 })
	_, err := l.Types(l.Sub, "utils system upgrade initiate", "14", "no", "yes")
	require.ErrorContains(t, err, "the publisher has to be upgraded to it first")
	l.Must(l.Pub, "utils system upgrade initiate", "14", "yes", "yes")
	require.Equal(t, cucm.Release14, l.Release())
	l.Must(l.Sub, "set cert regen CallManager", "yes")
	require.True(t, l.Sub.ITL().Signer.Same(itl.IdentityOf(l.Sub.Certificate(cucm.CallManager).Certificate)))
	require.True(t, l.Pub.ITL().Signer.Same(itl.IdentityOf(l.Pub.Certificate(cucm.ITLRecovery).Certificate)))
	l.Must(l.Sub, "utils system upgrade initiate", "14.0.1.13900-155", "no", "yes")
	l.Must(l.Sub, "utils system switch-version", "yes")
	require.True(t, l.Sub.ITL().Signer.Same(itl.IdentityOf(l.Pub.Certificate(cucm.ITLRecovery).Certificate)))
}

// Switching back to a release without ITLRecovery leaves it behind.
func TestSwitchBack(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.Release = cucm.Release91 })
	_, err := l.Types(l.Pub, "utils system switch-version", "yes")
	require.ErrorIs(t, err, cucm.ErrNoInactive)
	_, err = l.Types(l.Pub, "show version inactive")
	require.ErrorIs(t, err, cucm.ErrNoInactive)
	upgrade(l, "12.5")
	_, err = l.Types(l.Sub, "utils system switch-version", "yes")
	require.ErrorContains(t, err, "the publisher has to switch to it first")
	require.NoError(t, l.Backup("of-12.5"))
	var listed []cucm.Unit // by somebody who has begun before
	for unit, held := range l.Pub.Certificates() {
		if listed = append(listed, unit); len(listed) == 1 {
			l.Must(l.Pub, "utils system switch-version", "yes")
		}
		require.NotNil(t, held.Certificate, unit)
	}
	require.Equal(t, cucm.Units, listed)
	require.Nil(t, l.Pub.Certificate(cucm.ITLRecovery))
	// Between, the subscriber goes on as it was, whatever becomes of the publisher.
	signer := l.Sub.ITL().Signer
	l.Must(l.Sub, "utils service restart Cisco Tftp")
	require.True(t, l.Sub.ITL().Signer.Same(signer))
	require.NoError(t, l.RebuildPublisher("another"))
	require.True(t, l.Sub.ITL().Signer.Same(signer))
	l.Must(l.Sub, "utils system switch-version", "yes")
	require.Nil(t, l.Sub.Certificate(cucm.ITLRecovery))
	require.Equal(t, cucm.Release91, l.Release())
	for _, n := range l.Nodes() {
		require.Len(t, n.ITL().Records, 5)
		require.True(t, n.ITL().Signer.Same(itl.IdentityOf(n.Certificate(cucm.CallManager).Certificate)))
	}
	require.NotContains(t, l.Pub.TFTPFiles(), cucm.RecoveryFile)
	require.ErrorContains(t, l.Restore("of-12.5"), "the backup is of it")
}

// What has expired in trust stores is not taken along by 12.5(1)SU6 and later; what
// nodes use themselves is.
func TestUpgradeDropsWhatHasExpired(t *testing.T) {
	for version, dropped := range map[string]bool{"12.5.1.14900-63": false, "12.5.1.16065-1": true, "15": true} {
		l := newLab(t, func(c *cucm.Config) { c.Release = cucm.Release115 })
		l.Must(l.Pub, "set cert regen CallManager", "yes")
		first := l.Sub.Certificate(cucm.CallManager)
		l.Must(l.Sub, "set cert regen CallManager", "yes")
		l.Wait(6 * 365 * 24 * time.Hour)
		present := l.Sub.Certificate(cucm.CallManager)
		upgrade(l, version)
		require.Equal(t, !dropped, vouchedFor(l, first), version)
		require.True(t, vouchedFor(l, present), version)
	}
}

// vouchedFor reports whether the publisher's TVS vouches for a certificate.
func vouchedFor(l *cucmtest.Lab, cert *cucm.Certificate) bool {
	id := itl.IdentityOf(cert.Certificate)
	query := tvs.Request{Command: tvs.QueryRequest, Issuer: id.Issuer, Serial: id.Serial}
	return l.Pub.AnswerTVS(query).Status == tvs.Valid
}
