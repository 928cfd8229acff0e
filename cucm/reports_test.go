package cucm_test

import (
	"fmt"
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
	l := newLab(t, func(c *cucm.Config) { c.AutoRegister = true })
	sum := sip.Checksum(l.Pub.ITL().SHA1())
	for i := range 100_000 {
		l.Alarm(sip.DeviceTLInfo{Device: fmt.Sprintf("SEP%012X", i), ITL: &sum})
	}
	require.Equal(t, 40_000, len(l.Holders()[sum]))
	require.EqualValues(t, 100_000, l.Counts().Alarms)

	const asks = "SEPAAAAAAAAAAAA"
	require.True(t, l.Pub.Admits(asks, ""))
	require.True(t, known(l, asks))
	l.Alarm(sip.DeviceTLInfo{Device: asks, ITL: &sum})
	require.Equal(t, 1, l.AlarmsOf(asks))

	const stranger, another = "SEP000000000000", "SEPBBBBBBBBBBBB"
	l.Alarm(sip.DeviceTLInfo{Device: another, ITL: &sum})
	require.Zero(t, l.AlarmsOf(another))
	require.True(t, l.Pub.Admits(stranger, ""))
	l.Alarm(sip.DeviceTLInfo{Device: stranger, ITL: &sum})
	require.Equal(t, 2, l.AlarmsOf(stranger))
	l.Alarm(sip.DeviceTLInfo{Device: another, ITL: &sum})
	require.Equal(t, 1, l.AlarmsOf(another), "the stranger that is none any more left its room")
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
