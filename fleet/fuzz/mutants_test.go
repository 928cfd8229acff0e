package fuzz_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet/fuzz"
	"itlsim/itl"
)

// Trials find a reset list that is written in half, whichever key signs those of a
// release.
func TestAHalfWrittenResetIsCaught(t *testing.T) {
	caught := make(map[cucm.Unit]bool)
	for seed := uint64(1); seed <= 100 && len(caught) < 2; seed++ {
		signer := fuzz.ReleaseOf(seed).Facts().ResetSigner
		if signer == "" || caught[signer] {
			continue
		}
		half := func(name string, data []byte) []byte {
			if !strings.HasSuffix(name, ".tlv") {
				return data
			}
			list, err := itl.ParseList(data)
			if err == nil && cucm.IsRecovery(list.Signer.Subject) == (signer == cucm.ITLRecovery) {
				return data[:len(data)/2]
			}
			return data
		}
		f, err := fuzz.Search(t.Context(), fuzz.Options{Seed: seed, Served: half}, 1, 1, nil)
		require.NoError(t, err)
		if f != nil {
			require.Equal(t, "verifies", f.Checker)
			caught[signer] = true
			t.Log(f.Story())
		}
	}
	require.Len(t, caught, 2, "not found in 100 trials")
}
