package cucm_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
)

// Since when services run, through all that starts them.
func TestSinceWhenServicesRun(t *testing.T) {
	const (
		tftp    = cucm.TFTPService
		tvs     = cucm.TVSService
		drf     = cucm.Service("Cisco DRF Local") // a bystander
		unknown = cucm.Service("Cisco DirSync")   // not activated
	)
	dir := t.TempDir()
	l := openLab(t, dir)
	installed := l.Clock.Now()
	since := func(n *cucm.Node, s cucm.Service) time.Time {
		t.Helper()
		status, ok := n.ServiceNamed(string(s))
		require.True(t, ok)
		require.Equal(t, status.Running, !status.Since.IsZero(), "%s runs", s)
		return status.Since
	}
	for _, s := range []cucm.Service{tftp, tvs, drf, cucm.TomcatService} {
		require.True(t, installed.Equal(since(l.Pub, s)), s)
	}
	require.Zero(t, since(l.Pub, unknown))
	var last time.Time // of the step
	began := func(do func()) {
		t.Helper()
		l.Wait(time.Hour)
		last = l.Now()
		do()
	}
	is := func(n *cucm.Node, s cucm.Service) {
		t.Helper()
		require.Equal(t, last.Unix(), since(n, s).Unix(), s)
	}

	began(func() { require.NoError(t, l.Pub.Restart(tftp)) })
	is(l.Pub, tftp)
	require.True(t, installed.Equal(since(l.Pub, tvs)), "one that was not restarted")
	require.True(t, installed.Equal(since(l.Sub, tftp)), "another node's")
	began(func() { require.NoError(t, l.Pub.StartService(tftp)) })
	require.True(t, since(l.Pub, tftp).Before(last), "it ran already")
	began(func() { require.NoError(t, l.Pub.StopService(drf)) })
	require.Zero(t, since(l.Pub, drf))
	began(func() { require.NoError(t, l.Pub.StartService(drf)) })
	is(l.Pub, drf)
	require.NoError(t, l.Backup("nightly"))

	// The program starts again, and nothing else.
	require.NoError(t, l.Close())
	now := l.Clock.Now()
	l = openLab(t, dir)
	l.Clock.Set(now)
	is(l.Pub, drf)
	require.True(t, installed.Equal(since(l.Sub, tftp)))

	began(func() { require.NoError(t, l.Pub.RestartSystem()) })
	for _, s := range []cucm.Service{tftp, tvs, drf, cucm.TomcatService} {
		is(l.Pub, s)
	}
	require.True(t, installed.Equal(since(l.Sub, tftp)))
	require.NoError(t, l.Sub.PowerOff())
	require.Zero(t, since(l.Sub, tftp))
	began(func() { require.NoError(t, l.Sub.PowerOn()) })
	is(l.Sub, tftp)
	began(func() { require.NoError(t, l.Restore("nightly")) })
	is(l.Pub, tftp)
	is(l.Sub, drf)
	began(func() { require.NoError(t, l.RebuildPublisher("secret")) })
	is(l.Pub, cucm.CallManagerService)

	// By the cluster's clock.
	l.Must(l.Pub, "set date 12:00:00 03/01/14")
	began(func() { require.NoError(t, l.Pub.Restart(tvs)) })
	is(l.Pub, tvs)
	require.Equal(t, "Mar  1 13:00:00", since(l.Pub, tvs).UTC().Format("Jan _2 15:04:05"))
}
