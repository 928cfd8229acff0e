package scenarios

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/lab"
)

// A moment that is named is the next such one.
func TestNextTime(t *testing.T) {
	now := time.Date(2027, 2, 26, 18, 30, 0, 0, time.FixedZone("west", -8*3600)) // Saturday 02:30 UTC
	for until, want := range map[string]string{
		"02:31":            "2027-02-27 02:31",
		"02:30":            "2027-02-28 02:30",
		"Saturday 03:00":   "2027-02-27 03:00",
		"Saturday 02:30":   "2027-03-06 02:30",
		"Monday 00:00":     "2027-03-01 00:00",
		"2027-03-01 02:00": "2027-03-01 02:00",
		"2010-03-01 02:00": "2010-03-01 02:00",
	} {
		at, err := nextTime(until, now)
		require.NoError(t, err)
		require.Equal(t, want, at.Format(momentForm), until)
	}
	for _, wrong := range []string{
		"24:00", "2027-13-01 02:00", "2009-12-31 02:00", "2111-01-01 02:00", "Funday 02:00", "",
	} {
		_, err := nextTime(wrong, now)
		require.Error(t, err, wrong)
	}
}

// A maintenance window, in both modes: the scenario begins on Friday evening.
func TestMaintenanceWindow(t *testing.T) {
	const window = `name: window
shows: a maintenance window
begins: 2027-02-26 18:00
phones:
  - {group: floor-1, count: 2}
steps:
  - do: [{phones: power on}, {wait: until Saturday 02:00}]
  - do: [{on test10pub: set cert regen TVS, answers: "yes"}]
    expect: [all phones are trusted]
  - do: [{wait: until 2027-03-01 02:00}, {wait: until 03:00}]
`
	for _, mode := range lab.Modes {
		s := load(t, window)
		p := open(t, s, func(o *lab.Options) { o.Mode, o.Keys = mode, testkeys.NewPool(2) })
		for i, want := range []string{"2027-02-27 02:00", "2027-02-27 02:00", "2027-03-01 03:00"} {
			r, err := p.Play(t.Context(), s.Steps[i])
			require.NoError(t, err)
			for _, e := range r.Expectations {
				require.True(t, e.Passed, e.Why)
			}
			require.Equal(t, want, p.Now().UTC().Format(momentForm), mode)
		}
		require.WithinDuration(t, p.Now(), p.Cluster.Now(), time.Minute)
		require.Equal(t, 2027, p.Cluster.Publisher().Certificate(cucm.CallManager).Certificate.NotBefore.Year())
		act, err := p.ParseAct("wait: until 2027-03-01 02:00")
		require.NoError(t, err)
		require.EqualError(t, p.Do(t.Context(), act), "2027-03-01 02:00 has passed: it is 2027-03-01 03:00")
	}
	_, err := Load("w.yaml", []byte(strings.Replace(window, "02-26 18:00", "02-30 18:00", 1)), fstest.MapFS{})
	require.ErrorContains(t, err, `w.yaml:3:9: "2027-02-30 18:00" is not a moment from 2010 to 2110`)
}
