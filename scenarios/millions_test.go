package scenarios

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/scenarios/language"
)

// Shards of two million and a half of phones find the same of them for an act on a part, in the
// room of some bits for each: parts have each phone once.
func TestPartsOfMillions(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	s := load(t, "name: many\nshows: many phones\nphones: {group: floor-1, count: 2500000}\nsteps: [{do: [{wait: 1 s}]}]\n")
	shard := func(i int) *Player {
		return open(t, s, func(o *lab.Options) {
			o.Mode, o.Shard = lab.Virtual, lab.Shard{Index: i, Of: 100_000}
		})
	}
	p, o := shard(7), shard(99_999)
	half := language.Part{Turn: language.TheNext, Share: true, Number: 0.5}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	first := p.part(language.Which{}, half)
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(20<<20),
		"bytes: eight for each of a million, and a few bits for each")
	require.Equal(t, first, o.part(language.Which{}, half))
	second := p.part(language.Which{}, half)
	require.Equal(t, 1_250_000, first.Len())
	require.Equal(t, 1_250_000, second.Len())
	for i := range second.Take {
		require.False(t, first.Has(i))
	}
}
