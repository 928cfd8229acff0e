package cucm_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/sip"
)

// Whoever reaches a node may send it alarms: they take neither the database's
// room nor all memory.
func TestAlarmsOfStrangers(t *testing.T) {
	l := newLab(t, func(c *cucm.Config) { c.AutoRegister = true })
	sum := sip.Checksum(l.pub.ITL().SHA1())
	for i := range 100_000 {
		l.Alarm(sip.DeviceTLInfo{Device: fmt.Sprintf("SEP%012X", i), ITL: &sum})
	}
	require.Equal(t, 40_000, len(l.Holders()[sum]))
	require.EqualValues(t, 100_000, l.Counts().Alarms)

	const asks = "SEPAAAAAAAAAAAA"
	_, err := l.pub.File(asks + ".cnf.xml")
	require.NoError(t, err)
	require.NotNil(t, l.Device(asks))
	l.Alarm(sip.DeviceTLInfo{Device: asks, ITL: &sum})
	require.Equal(t, 1, l.AlarmsOf(asks))

	const stranger, another = "SEP000000000000", "SEPBBBBBBBBBBBB"
	l.Alarm(sip.DeviceTLInfo{Device: another, ITL: &sum})
	require.Zero(t, l.AlarmsOf(another))
	_, err = l.pub.File(stranger + ".cnf.xml")
	require.NoError(t, err)
	l.Alarm(sip.DeviceTLInfo{Device: stranger, ITL: &sum})
	require.Equal(t, 2, l.AlarmsOf(stranger))
	l.Alarm(sip.DeviceTLInfo{Device: another, ITL: &sum})
	require.Equal(t, 1, l.AlarmsOf(another), "the stranger that is none any more left its room")
}
