package phone_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/fleet/fuzz"
	"itlsim/phone"
)

// The trials of package fuzz find every fault that is planted in the firmware.
func TestEveryMutantIsCaught(t *testing.T) {
	caughtBy := map[string]string{
		"skip the signature check":          "vouched",
		"ignore the role":                   "vouched",
		"take TVS's certificate unchecked":  "vouched",
		"keep a configuration when refused": "unchanged",
		"lose an alarm":                     "accounted",
	}
	for name, mutant := range phone.Mutants {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(400) {
				library := func() *phone.Library {
					l := &phone.Library{Remember: true}
					l.Plant(mutant)
					return l
				}
				err := fuzz.Run(t.Context(), fuzz.Options{Seed: seed, Library: library})
				var f *fuzz.Failure
				if err == nil || !errors.As(err, &f) {
					require.NoError(t, err)
					continue
				}
				f = fuzz.Shrink(t.Context(), fuzz.Options{Seed: seed, Library: library}, f)
				require.Equal(t, caughtBy[name], f.Checker)
				t.Log(f.Story())
				return
			}
			t.Fatal("not found in 400 trials")
		})
	}
}
