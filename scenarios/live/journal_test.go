package live

import (
	"encoding/binary"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/ciscolog"
	"itlsim/sip"
)

// Alarms in invented names, each with a list of its own, take no more room than their
// last lines, whether somebody looks or not; the lists of phones on the wall stay counted.
func TestAlarmsInInventedNames(t *testing.T) {
	j := newJournal()
	j.index["SEP000000000001"] = 0
	report := func(device string, list uint64) {
		var sum sip.Checksum
		binary.BigEndian.PutUint64(sum[:], list)
		report := cucm.Report{DeviceTLInfo: sip.DeviceTLInfo{Device: device, ITL: &sum}, Status: cucm.ITLMismatch}
		j.logged(ciscolog.Entry{Alarm: ciscolog.DeviceTLInfo, Details: report})
	}
	for i := range uint64(50_000) {
		report(fmt.Sprintf("SEPBAD%09X", i), i)
		if i%1000 == 0 {
			report("SEP000000000001", 1+i%2)
		}
		require.LessOrEqual(t, len(j.mismatches), 2*linesKept)
	}
	require.Len(t, j.held, 1)
	require.Len(t, j.holders(), 1)
	lines, told := j.since(0)
	require.Len(t, lines, linesKept)
	for i := range uint64(100) {
		report("SEPBAD000000001", i)
	}
	lines, told = j.since(told)
	require.Len(t, lines, linesTold)
	require.Equal(t, told, lines[len(lines)-1].Seq, "the newest")
}

// However many phones register at once, who watches is told what was done meanwhile.
func TestActsAmongThousandsOfEntries(t *testing.T) {
	j := newJournal()
	j.now = time.Now
	registered := func() { j.logged(ciscolog.Entry{Alarm: ciscolog.EndPointRegistered}) }
	registered()
	_, told := j.since(0)
	j.note("Act", "phones: power on")
	for range 2 * linesKept {
		registered()
	}
	lines, _ := j.since(told)
	require.Equal(t, "phones: power on", lines[0].Text)
	require.Len(t, lines, 1+linesTold)
}
