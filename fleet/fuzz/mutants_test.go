package fuzz_test

import (
	"errors"
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
		if err == nil && strings.HasPrefix(itl.CommonName(list.Signer.Subject), cucm.RecoveryPrefix) {
			return data[:len(data)/2]
		}
		return data
	}
	for seed := range uint64(100) {
		o := fuzz.Options{Seed: seed, Served: half}
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
