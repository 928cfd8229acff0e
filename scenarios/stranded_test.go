package scenarios

import (
	"testing"

	"itlsim/cucm/testkeys"
	"itlsim/lab"

	"github.com/stretchr/testify/require"
)

// Phones that a plan strands are all listed, although it passes: with the step at which
// they were lost for good, and with what would bring them back.
func TestWhoIsStranded(t *testing.T) {
	tomorrow, err := LoadFile("../examples/fleet/tomorrow.yaml")
	require.NoError(t, err)
	for _, c := range []struct {
		s    Scenario
		step int
		says string
	}{
		{builtinNamed(t, "trust-loss"), 6, "are stranded at step 6, and `utils itl reset localkey` brings them back; all 17 exp"},
		{tomorrow, 4, "stranded at step 4, and `utils itl reset localkey` does not bring "},
	} {
		r, err := Run(t.Context(), c.s, Options{Lab: lab.Options{
			Mode: lab.Virtual, Phones: 200, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024,
		}})
		require.NoError(t, err)
		require.True(t, r.Passed, c.s.Name)
		stranded, names := 0, make(map[string]bool)
		for _, s := range r.Stranded {
			require.Equal(t, c.step, s.Step, c.s.Name)
			require.NotEmpty(t, s.Reason)
			require.NotEmpty(t, s.Cure)
			stranded += len(s.Phones) - s.Off
			for _, name := range s.Phones {
				names[name] = true
			}
		}
		require.Positive(t, stranded)
		require.Equal(t, r.States.Locked+r.States.Untrusted, stranded, c.s.Name)
		require.Len(t, names, stranded)
		require.Contains(t, r.Verdict, c.says)
		for _, step := range r.Steps {
			require.Equal(t, r.Phones, step.States.Phones())
			inGroups := 0
			for _, g := range step.Groups {
				require.Equal(t, g.Phones, g.States.Phones())
				inGroups += g.Phones
			}
			require.Equal(t, r.Phones, inGroups)
		}
		for _, m := range r.Timing.Timeline {
			require.Equal(t, r.Phones, m.States.Phones())
		}
	}
}
