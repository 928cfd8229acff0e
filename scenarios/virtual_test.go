package scenarios

import (
	"encoding/json"
	"testing"

	"itlsim/lab"
	"itlsim/scenarios/report"

	"github.com/stretchr/testify/require"
)

// A report is a function of scenario and seed, but for its timing.
func TestTheSeedDecidesAVirtualReport(t *testing.T) {
	s, ok := Find("bulk-reset")
	require.True(t, ok)
	report := func(seed int64, workers int) string {
		opt := lab.Options{Phones: 300, Seed: seed, Mode: lab.Virtual, Workers: workers}
		r, err := Run(t.Context(), s, Options{Lab: opt})
		require.NoError(t, err)
		require.True(t, r.Passed)
		r.Timing = report.Timing{}
		text, err := json.Marshal(r)
		require.NoError(t, err)
		return string(text)
	}
	one := report(7, 1)
	require.Equal(t, one, report(7, 1))
	require.Equal(t, one, report(7, 2))
	require.Equal(t, one, report(7, 5))
	require.NotEqual(t, one, report(8, 2))
}
