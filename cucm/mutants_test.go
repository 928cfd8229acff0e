package cucm_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet/trial"
)

// The trials of package trial find a reset list that is written in half.
func TestAHalfWrittenResetIsCaught(t *testing.T) {
	for seed := range uint64(100) {
		o := trial.Options{Seed: seed, Prepare: (*cucm.Cluster).PlantHalfReset}
		var f *trial.Failure
		if err := trial.Run(t.Context(), o); !errors.As(err, &f) {
			require.NoError(t, err)
			continue
		}
		f = trial.Shrink(t.Context(), o, f)
		require.Equal(t, "verifies", f.Checker)
		t.Log(f.Story())
		return
	}
	t.Fatal("not found in 100 trials")
}
