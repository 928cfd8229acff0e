package virtual

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A set of phones is what a map would be, in order.
func TestPhoneSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s phoneSet
		model := make(map[uint32]bool)
		if n := rapid.IntRange(0, 200).Draw(t, "filled"); n > 0 {
			s.fill(n)
			for i := range n {
				model[uint32(i)] = true
			}
		}
		for _, i := range rapid.SliceOf(rapid.Uint32Range(0, 300)).Draw(t, "turned") {
			if model[i] {
				s.remove(i)
				delete(model, i)
			} else {
				s.add(i)
				model[i] = true
			}
			s.add(i) // twice is once
			model[i] = true
		}
		all := slices.Sorted(maps.Keys(model))
		require.Equal(t, len(all), s.n)
		if len(all) > 0 {
			from := rapid.Uint32Range(0, 400).Draw(t, "from")
			at, _ := slices.BinarySearch(all, from)
			require.Equal(t, all[at%len(all)], s.from(from))
		}
		require.Equal(t, all, slices.Collect(s.take))
		require.Zero(t, s.n)
	})
}
