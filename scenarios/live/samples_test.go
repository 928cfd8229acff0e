package live

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/scenarios/report"
)

// However many samples come, those that are kept tell of all the time, the last ones among
// them; while nothing changes there are two, the ends of that time.
func TestSamplesTellOfAllTime(t *testing.T) {
	var c samples
	for i := range 50_000 {
		c.take(Sample{AtS: float64(i), Boots: uint64(i)})
		require.LessOrEqual(t, len(c.kept), 2*samplesKept)
	}
	kept, count := c.since(0)
	require.GreaterOrEqual(t, len(kept), samplesKept)
	require.Less(t, kept[0].AtS, 100.0)
	require.Equal(t, 49_999.0, kept[len(kept)-1].AtS)
	for i, s := range kept[1:] {
		require.Less(t, kept[i].AtS, s.AtS)
		require.Less(t, s.AtS-kept[i].AtS, 100.0)
	}
	none, _ := c.since(count)
	require.Empty(t, none)

	var still samples
	for i := range 1000 {
		still.take(Sample{AtS: float64(i), Tally: Tally{States: report.States{Trusted: 7}}})
	}
	still.take(Sample{AtS: 1000, Tally: Tally{States: report.States{Off: 7}}})
	kept, _ = still.since(0)
	require.Len(t, kept, 3)
	require.Equal(t, []float64{0, 999, 1000}, []float64{kept[0].AtS, kept[1].AtS, kept[2].AtS})
}
