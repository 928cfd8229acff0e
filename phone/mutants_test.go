package phone_test

import (
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
			library := func() *phone.Library {
				l := &phone.Library{Remember: true}
				l.Plant(mutant)
				return l
			}
			f, err := fuzz.Search(t.Context(), fuzz.Options{Library: library}, 400, 1, nil)
			require.NoError(t, err)
			require.NotNil(t, f, "not found in 400 trials")
			require.Equal(t, caughtBy[name], f.Checker)
			t.Log(f.Story())
		})
	}
}
