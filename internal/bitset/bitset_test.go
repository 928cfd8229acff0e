package bitset

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// A set is what a map would be, in order.
func TestSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s Set
		model := make(map[uint32]bool)
		if n := rapid.IntRange(0, 200).Draw(t, "filled"); n > 0 {
			s.Fill(n)
			for i := range n {
				model[uint32(i)] = true
			}
		}
		for _, i := range rapid.SliceOf(rapid.Uint32Range(0, 300)).Draw(t, "turned") {
			if model[i] {
				s.Remove(i)
				delete(model, i)
			} else {
				s.Add(i)
				model[i] = true
			}
			s.Add(i) // twice is once
			model[i] = true
		}
		all := slices.Sorted(maps.Keys(model))
		require.Equal(t, len(all), s.Len())
		if len(all) > 0 {
			from := rapid.Uint32Range(0, 400).Draw(t, "from")
			at, _ := slices.BinarySearch(all, from)
			require.Equal(t, all[at%len(all)], s.From(from))
		}
		require.Equal(t, all, slices.Collect(s.Take))
		require.Zero(t, s.Len())
	})
}
