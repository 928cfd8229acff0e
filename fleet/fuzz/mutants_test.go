package fuzz_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet/fuzz"
	"itlsim/itl"
)

// Trials find a reset list that is written in half.
func TestAHalfWrittenResetIsCaught(t *testing.T) {
	half := func(name string, data []byte) []byte {
		if !strings.HasSuffix(name, ".tlv") {
			return data
		}
		list, err := itl.ParseList(data)
		if err == nil && cucm.IsRecovery(list.Signer.Subject) {
			return data[:len(data)/2]
		}
		return data
	}
	f, err := fuzz.Search(t.Context(), fuzz.Options{Served: half}, 100, 1, nil)
	require.NoError(t, err)
	require.NotNil(t, f, "not found in 100 trials")
	require.Equal(t, "verifies", f.Checker)
	t.Log(f.Story())
}
