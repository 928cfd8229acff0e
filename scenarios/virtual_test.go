package scenarios

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
)

// A report is a function of scenario and seed, but for its timing.
func TestTheSeedDecidesAVirtualReport(t *testing.T) {
	s, ok := Find("bulk-reset")
	require.True(t, ok)
	report := func(seed int64, workers int) string {
		r, err := Run(t.Context(), s, Options{Phones: 300, Seed: seed, Mode: Virtual, Workers: workers})
		require.NoError(t, err)
		require.True(t, r.Passed)
		r.Timing = Timing{}
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

// Every built-in scenario that does not say why not passes in virtual time.
func TestCatalogueInVirtualTime(t *testing.T) {
	for i, s := range Builtin() {
		t.Run(s.Name, func(t *testing.T) {
			if why := s.NotIn[Virtual]; why != "" {
				t.Skip(why)
			}
			r, err := Run(t.Context(), s, Options{Phones: min(s.Phones(), 30), Seed: int64(i), Mode: Virtual, Keys: testkeys.NewPool(uint64(i)), KeyBits: 1024})
			require.NoError(t, err)
			var text strings.Builder
			require.NoError(t, r.WriteText(&text))
			require.True(t, r.Passed, text.String())
		})
	}
}
