package cucm_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet/fuzz"
)

// The trials of package fuzz find a reset list that is written in half.
func TestAHalfWrittenResetIsCaught(t *testing.T) {
	for seed := range uint64(100) {
		o := fuzz.Options{Seed: seed, Prepare: (*cucm.Cluster).PlantHalfReset}
		var f *fuzz.Failure
		if err := fuzz.Run(t.Context(), o); !errors.As(err, &f) {
			require.NoError(t, err)
			continue
		}
		f = fuzz.Shrink(t.Context(), o, f)
		require.Equal(t, "verifies", f.Checker)
		t.Log(f.Story())
		return
	}
	t.Fatal("not found in 100 trials")
}
