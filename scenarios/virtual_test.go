package scenarios

import (
	"encoding/json"
	"testing"

	"itlsim/lab"
	"itlsim/scenarios/report"

	"github.com/stretchr/testify/require"
)

// played is the report of a virtual run as text, but for its timing.
func played(t *testing.T, s Scenario, opt lab.Options) string {
	opt.Mode = lab.Virtual
	r, err := Run(t.Context(), s, Options{Lab: opt})
	require.NoError(t, err)
	r.Timing = report.Timing{}
	text, err := json.MarshalIndent(r, "", " ")
	require.NoError(t, err)
	return string(text)
}

// A report is a function of scenario and seed, but for its timing.
func TestTheSeedDecidesAVirtualReport(t *testing.T) {
	s, ok := Find("bulk-reset")
	require.True(t, ok)
	report := func(seed int64, workers int) string {
		text := played(t, s, lab.Options{Phones: 300, Seed: seed, Workers: workers})
		require.Contains(t, text, `"passed": true`)
		return text
	}
	one := report(7, 1)
	require.Equal(t, one, report(7, 1))
	require.Equal(t, one, report(7, 2))
	require.Equal(t, one, report(7, 5))
	require.NotEqual(t, one, report(8, 2))
}

// So it is with the picture of a real fleet, whose phones hold lists of strangers.
func TestTheSeedDecidesThePictureOfAFleet(t *testing.T) {
	s, err := LoadFile("../examples/fleet/tomorrow.yaml")
	require.NoError(t, err)
	one := played(t, s, lab.Options{Phones: 1000, Seed: 7, Workers: 1})
	for _, workers := range []int{1, 2, 5} {
		require.Equal(t, one, played(t, s, lab.Options{Phones: 1000, Seed: 7, Workers: workers}))
	}
}
