package cucm

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestRecords(t *testing.T) {
	r := newRecords()
	name := func(i int) string { return fmt.Sprintf("SEP%012X", i) }
	for i := range 1000 {
		require.Nil(t, r.find(name(i)))
		rec := r.get(name(i))
		require.Same(t, rec, r.get(name(i)))
		require.Equal(t, name(i), rec.device.Name)
	}
	for i, rec := range r.all {
		require.Same(t, rec, r.find(name(i)))
	}
	require.Len(t, r.all, 1000)
}

// Records that are removed leave their place to others, and hide nobody.
func TestRecordsThatAreRemoved(t *testing.T) {
	r, there := newRecords(), make(map[string]*record)
	chance := rand.New(rand.NewPCG(1, 2))
	for range 50_000 {
		name := fmt.Sprintf("SEP%012X", chance.IntN(500))
		if rec := there[name]; rec != nil && chance.IntN(2) == 0 {
			require.Same(t, rec, r.find(name))
			r.remove(name)
			delete(there, name)
			require.Equal(t, record{}, *rec)
		} else {
			there[name] = r.get(name)
		}
	}
	for i := range 500 {
		name := fmt.Sprintf("SEP%012X", i)
		require.Equal(t, there[name], r.find(name))
	}
	r.remove("nobody")
	require.LessOrEqual(t, len(r.all), 500)
	require.Equal(t, len(r.all)-len(r.free), len(there))
}
