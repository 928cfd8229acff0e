package fuzz_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/fleet/fuzz"
)

func TestTrialsFindNothing(t *testing.T) {
	runs := uint64(100)
	if testing.Short() {
		runs = 30
	}
	for seed := range runs {
		err := fuzz.Run(t.Context(), fuzz.Options{Seed: seed})
		var f *fuzz.Failure
		if errors.As(err, &f) {
			t.Fatal(fuzz.Shrink(t.Context(), fuzz.Options{Seed: seed}, f).Story())
		}
		require.NoError(t, err)
	}
}
