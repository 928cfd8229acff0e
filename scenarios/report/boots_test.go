package report

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
)

// Bounds are the same for all reports, evenly on a scale of logarithms, from a millisecond to
// the longest boot that is recorded.
func TestBucketBounds(t *testing.T) {
	require.Len(t, bucketBounds, 264)
	require.Equal(t, []float64{1, 1.06, 1.12}, bucketBounds[:3])
	require.Equal(t, 3_750_000.0, bucketBounds[len(bucketBounds)-1])
	for i, bound := range bucketBounds[1:] {
		require.InDelta(t, 1.06, bound/bucketBounds[i], 0.02)
	}
}

// The buckets of two fleets add up to those of one that has the boots of both, wherever these
// are, on a bound too; boots of much more than an hour are in none.
func TestBucketsAddUp(t *testing.T) {
	var all fleet.Tally
	parts := make([]fleet.Tally, 3)
	took := []time.Duration{0, time.Hour, 2 * time.Hour, 4999 * time.Microsecond, 5 * time.Millisecond, 5 * time.Second}
	for i := range 500 {
		took = append(took, time.Duration(i*i*i)*37*time.Microsecond)
	}
	for i, d := range took {
		all.Booted(d)
		parts[i%3].Booted(d)
	}
	sum := make(map[float64]uint64)
	for i := range parts {
		for _, b := range BootsOf(parts[i].Times()).Buckets {
			sum[b.UpTo] += b.Boots
		}
	}
	boots, n := BootsOf(all.Times()), uint64(0)
	for _, b := range boots.Buckets {
		require.Positive(t, b.Boots)
		require.Equal(t, b.Boots, sum[b.UpTo], b.UpTo)
		n += b.Boots
	}
	require.Len(t, sum, len(boots.Buckets))
	recorded := slices.DeleteFunc(took, func(d time.Duration) bool { return d > 3750*time.Second })
	require.EqualValues(t, len(recorded), n)
	require.Equal(t, []Bucket{}, BootsOf(fleet.Times{}).Buckets)
}

// The chart has a bar for each bucket between the first and the last, and marks where the
// quantiles are on its axis.
func TestSpreadOfBoots(t *testing.T) {
	b := Boots{P50: 4875, P95: 5000, Max: 5300, Buckets: []Bucket{{4750, 10}, {5000, 40}, {5600, 20}}}
	s := b.Spread()
	require.Equal(t, []bar{
		{Bucket{4750, 10}, 4500, 0, 25}, {Bucket{5000, 40}, 4750, 25, 100}, {Bucket{5300, 0}, 5000, 50, 0},
		{Bucket{5600, 20}, 5300, 75, 50},
	}, s.Bars)
	require.Equal(t, []mark{
		{Left: 37.5, Text: "median 4.9 s"}, {Left: 50, Text: "95 % 5 s"}, {Left: 75, Text: "longest 5.3 s"},
	}, s.Marks)
	require.Equal(t, []mark{{Left: 50, Text: "5 s"}}, s.Axis)
	require.Nil(t, Boots{Max: 5}.Spread())
	require.Nil(t, Boots{}.Quantiles())
}
