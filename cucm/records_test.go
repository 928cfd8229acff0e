package cucm

import (
	"fmt"
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
