package cucm

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func name(i int) string { return fmt.Sprintf("SEP%012X", i) }

func TestRecords(t *testing.T) {
	r := newRecords()
	const phones = 2*chunk + 100
	for i := range phones {
		require.Nil(t, r.find(Caller{name(i), i}))
		rec := r.get(Caller{Device: name(i)})
		require.Same(t, rec, r.get(Caller{Device: name(i)}))
		require.Equal(t, name(i), rec.device.Name)
	}
	for i := range phones {
		rec := r.number(i)
		require.Same(t, rec, r.find(Caller{Device: name(i)}))
		for _, guess := range []int{i, i + 1, 0, -1, phones - 1, phones, math.MaxInt} {
			require.Same(t, rec, r.find(Caller{name(i), guess}), "a number is a guess")
		}
	}
	require.Equal(t, phones, r.n)
}

// Records that are removed leave their place to others, and hide nobody.
func TestRecordsThatAreRemoved(t *testing.T) {
	r, there := newRecords(), make(map[string]*record)
	chance := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		name := name(chance.IntN(500))
		if rec := there[name]; rec != nil && chance.IntN(2) == 0 {
			require.Same(t, rec, r.find(Caller{Device: name}))
			r.remove(name)
			delete(there, name)
			require.Equal(t, record{}, *rec)
		} else {
			there[name] = r.get(Caller{Device: name})
		}
	}
	for i := range 500 {
		name := name(i)
		require.Equal(t, there[name], r.find(Caller{Device: name}))
	}
	r.remove("nobody")
	require.LessOrEqual(t, r.n, 500)
	require.Equal(t, r.n-len(r.free), len(there))
	for i, rec := range r.all() {
		require.Same(t, there[rec.device.Name], rec)
		require.Same(t, rec, r.number(i))
		delete(there, rec.device.Name)
	}
	require.Empty(t, there)
	require.NotEmpty(t, r.free)
	for i := range r.n {
		require.Nil(t, r.find(Caller{Number: i}), "nobody has the name of what was removed")
	}
}
