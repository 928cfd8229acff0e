package fleet

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
	"github.com/stretchr/testify/require"
)

// Times of parts of a fleet, written and read, add up to those of all of it.
func TestTimesAddUp(t *testing.T) {
	chance := rand.New(rand.NewPCG(1, 2))
	var all, sum Times
	for range 3 {
		var part Times
		for range 1000 {
			took := time.Duration(chance.Int64N(int64(90 * time.Minute)))
			all.add(took)
			part.add(took)
		}
		text, err := part.MarshalText()
		require.NoError(t, err)
		var read Times
		require.NoError(t, read.UnmarshalText(text))
		sum.Plus(read)
		sum.Plus(Times{})
	}
	for _, percent := range []float64{0, 1, 50, 90, 99.9, 100} {
		require.NotZero(t, all.At(percent))
		require.Equal(t, all.At(percent), sum.At(percent))
	}
	require.Zero(t, Times{}.At(50))
	text, err := Times{}.MarshalText()
	require.NoError(t, err)
	require.Empty(t, text)
	require.NoError(t, sum.UnmarshalText(text))
	require.Equal(t, Times{}, sum)
}

// Times are what one fleet adds to another's: what is kept otherwise is refused.
func TestTimesOfAnotherKind(t *testing.T) {
	other := hdrhistogram.New(1, time.Minute.Microseconds(), timesDigits)
	text, err := other.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
	require.NoError(t, err)
	var times Times
	require.ErrorContains(t, times.UnmarshalText(text), "kept in another way")
	require.ErrorContains(t, times.UnmarshalText([]byte("soon")), "these are no times")
	require.Equal(t, Times{}, times)
}
