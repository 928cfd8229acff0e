package trial_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/fleet/trial"
)

func TestTrialsFindNothing(t *testing.T) {
	runs := uint64(100)
	if testing.Short() {
		runs = 30
	}
	for seed := range runs {
		err := trial.Run(t.Context(), trial.Options{Seed: seed})
		var f *trial.Failure
		if errors.As(err, &f) {
			t.Fatal(trial.Shrink(t.Context(), trial.Options{Seed: seed}, f).Story())
		}
		require.NoError(t, err)
	}
}
