package cucm_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/ciscolog"
	"itlsim/sip"
)

// Whoever reaches a node may send it alarms: they take neither the database's
// room nor all memory.
func TestAlarmsOfStrangers(t *testing.T) {
	var forgotten []ciscolog.Entry
	l := newLab(t, func(c *cucm.Config) {
		c.AutoRegister = true
		c.Logged = func(e ciscolog.Entry) {
			if e.Alarm == ciscolog.ReportsForgotten {
				forgotten = append(forgotten, e)
			}
		}
	})
	sum := sip.Checksum(l.Pub.ITL().SHA1())
	for i := range 100_000 {
		l.Alarm(sip.DeviceTLInfo{Device: fmt.Sprintf("SEP%012X", i), ITL: &sum})
	}
	require.Equal(t, 40_000, len(l.Holders()[sum]))
	require.EqualValues(t, 100_000, l.Counts().Alarms)

	const asks = "SEPAAAAAAAAAAAA"
	require.True(t, l.Pub.Admits(asks, "", nowhere))
	require.True(t, known(l, asks))
	l.Alarm(sip.DeviceTLInfo{Device: asks, ITL: &sum})
	require.Equal(t, 1, l.AlarmsOf(asks))

	const first, last, another = "SEP000000000000", "SEP00000001869F", "SEPBBBBBBBBBBBB"
	require.Zero(t, l.AlarmsOf(first), "the one that was heard of first made room")
	require.True(t, l.Pub.Admits(last, "", nowhere))
	l.Alarm(sip.DeviceTLInfo{Device: another, ITL: &sum})
	require.Equal(t, 1, l.AlarmsOf(another))
	for i := range 40_000 {
		l.Alarm(sip.DeviceTLInfo{Device: fmt.Sprintf("SEPBAD%09X", i), ITL: &sum})
	}
	require.Zero(t, l.AlarmsOf(another))
	require.Equal(t, 1, l.AlarmsOf(last), "a stranger that is none any more is kept")
	require.Len(t, forgotten, 1, "said once")
	require.Contains(t, forgotten[0].String(), "%UC_CALLMANAGER-4-ReportsForgotten: %[MaxReports=40000]")
}

// A node says that its TFTP service drops requests, and not each time.
func TestRequestsDropped(t *testing.T) {
	l := newLab(t)
	for range 100 {
		l.Sub.RequestsDropped(500)
	}
	said := func() int {
		return strings.Count(l.Must(l.Sub, "file view activelog syslog/CiscoSyslog"),
			"%UC_TFTP-4-RequestsDropped: %[MaximumServingCount=500][AppID=Cisco Tftp]")
	}
	require.Equal(t, 1, said())
	l.Wait(time.Minute)
	l.Sub.RequestsDropped(500)
	require.Equal(t, 2, said())
}

// An entry of the log says of a report what the filter "ITL File Status" says of
// its phone: by what the phone's own cluster serves, whatever another one does.
func TestAnEntryAndTheFilterAgree(t *testing.T) {
	var entries []ciscolog.Entry
	l := newLab(t, func(c *cucm.Config) { c.Logged = func(e ciscolog.Entry) { entries = append(entries, e) } })
	other := newLab(t)
	l.Register(phoneName)
	pub, sub := sip.Checksum(l.Pub.ITL().SHA1()), sip.Checksum(l.Sub.ITL().SHA1())
	elsewhere := sip.Checksum(other.Pub.ITL().SHA1())
	for status, reports := range map[cucm.ITLStatus][]sip.DeviceTLInfo{
		cucm.ITLMatch: {{ITL: &pub, ITLServer: l.Pub.FQDN()}, {ITL: &sub, ITLServer: l.Sub.FQDN()}},
		cucm.ITLMismatch: {
			{ITL: &pub, ITLServer: l.Sub.FQDN()}, {ITL: &elsewhere, ITLServer: l.Pub.FQDN()}, {ITL: &pub},
		},
		cucm.ITLNotInstalled: {{}, {ITLServer: l.Pub.FQDN()}},
	} {
		for _, report := range reports {
			report.Device = phoneName
			l.Alarm(report)
			last := entries[len(entries)-1]
			require.Equal(t, ciscolog.DeviceTLInfo, last.Alarm)
			require.Equal(t, cucm.Report{DeviceTLInfo: report, Status: status}, last.Details)
			require.Equal(t, map[cucm.ITLStatus][]string{status: {phoneName}}, l.ITLStatuses())
		}
	}

	// The entry is of the time of the alarm, the filter of the time of looking.
	l.Alarm(sip.DeviceTLInfo{Device: phoneName, ITL: &pub, ITLServer: l.Pub.FQDN()})
	last := entries[len(entries)-1]
	l.Wait(time.Minute)
	require.NoError(t, l.Pub.Restart(cucm.TFTPService))
	require.Equal(t, cucm.ITLMatch, last.Details.(cucm.Report).Status)
	require.Equal(t, map[cucm.ITLStatus][]string{cucm.ITLMismatch: {phoneName}}, l.ITLStatuses())
}
