package fleet

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/HdrHistogram/hdrhistogram-go"
)

// Times are how long many things took, in a histogram: quantiles are right to a thousandth,
// and those of several fleets add up. The zero value has none.
type Times struct{ of *hdrhistogram.Histogram } // in microseconds

// longestBoot bounds what is recorded: a boot that took longer is counted, and
// left out of the times.
const longestBoot = time.Hour

// timesDigits are the decimal digits to which times are kept.
const timesDigits = 3

func noTimes() *hdrhistogram.Histogram {
	return hdrhistogram.New(1, longestBoot.Microseconds(), timesDigits)
}

func (t *Times) add(took time.Duration) {
	if t.of == nil {
		t.of = noTimes()
	}
	t.of.RecordValue(max(1, took.Microseconds()))
}

// Plus adds others.
func (t *Times) Plus(more Times) {
	switch {
	case more.of == nil:
	case t.of == nil:
		t.of = more.of.Clone()
	default:
		both := t.of.Clone() // a copy of these times may have it
		both.Merge(more.of)
		t.of = both
	}
}

// At is what so many percent of them did not exceed, zero where there are none.
func (t Times) At(percent float64) time.Duration {
	if t.of == nil {
		return 0
	}
	return time.Duration(t.of.ValueAtQuantile(percent)) * time.Microsecond
}

// Within is how many of them did not exceed each bound, to a thousandth of it. The bounds
// ascend.
func (t Times) Within(bounds ...time.Duration) []uint64 {
	within := make([]uint64, len(bounds))
	if t.of == nil {
		return within
	}
	for _, bar := range t.of.Distribution() {
		i, _ := slices.BinarySearch(bounds, time.Duration(bar.From)*time.Microsecond)
		if bar.Count > 0 && i < len(bounds) {
			within[i] += uint64(bar.Count)
		}
	}
	for i := range within[:max(0, len(within)-1)] {
		within[i+1] += within[i]
	}
	return within
}

// MarshalText writes them as HdrHistogram's V2 in base64, a few hundred bytes.
func (t Times) MarshalText() ([]byte, error) {
	if t.of == nil {
		return nil, nil
	}
	return t.of.Encode(hdrhistogram.V2CompressedEncodingCookieBase)
}

// UnmarshalText reads what MarshalText wrote.
func (t *Times) UnmarshalText(text []byte) error {
	*t = Times{}
	if len(text) == 0 {
		return nil
	}
	of, err := hdrhistogram.Decode(text)
	switch mine := noTimes(); {
	case err != nil:
		return fmt.Errorf("these are no times: %w", err)
	case of.LowestTrackableValue() != mine.LowestTrackableValue() ||
		of.HighestTrackableValue() != mine.HighestTrackableValue() ||
		of.SignificantFigures() != mine.SignificantFigures():
		return errors.New("these are times that are kept in another way")
	}
	t.of = of
	return nil
}
