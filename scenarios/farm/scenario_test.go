package farm_test

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/farm"
)

// A scenario in which phones are given certificates is played by workers of a farm, whose orders
// and answers cross its server, and comes to what it does in one process.
func TestScenarioOnAFarm(t *testing.T) {
	t.Parallel()
	m := meet(t)
	const phones, workers = 12, 2
	for i := range workers {
		m.serving(fmt.Sprint("w", i), nil, func(kind string, shard lab.Shard) (farm.Duty, error) {
			require.Equal(t, farm.ScenarioKind, kind)
			return &scenarios.Duty{
				Shard: shard, At: netip.AddrFrom4([4]byte{127, 32, byte(i), 1}), Plan: farm.ReadPlan,
				Takes: func(int) error { return nil },
			}, nil
		})
	}
	s, _ := scenarios.Find("encrypted-configurations")
	text, _ := scenarios.Source(s.Name)
	spec := farm.Spec{Build: "1.0", Seed: 3, Phones: phones, Shards: workers}
	b, err := farm.Pack(spec, s.Name+".yaml", text, nil)
	require.NoError(t, err)
	plan, err := b.Whole()
	require.NoError(t, err)
	r, err := scenarios.Run(t.Context(), s, scenarios.Options{
		Crew: m.gather(farm.Call{Kind: farm.ScenarioKind, Wanted: workers, Phones: phones}), Plan: plan,
		Lab: lab.Options{Seed: 3, Phones: phones, Keys: testkeys.NewPool(3), KeyBits: 1024},
	})
	require.NoError(t, err)
	for i, step := range r.Steps {
		for _, e := range step.Expectations {
			require.True(t, e.Passed, "step %d: %s: %s", i+1, e.Text, e.Why)
		}
	}
	require.True(t, r.Passed)
	require.Equal(t, phones, r.Phones)
	require.Equal(t, phones, r.States.Trusted)
}
