package report_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/report"
)

// boards are the reports that a change board gets to see, and made up ones with all that there
// is, or nothing.
func boards(t *testing.T, part int) map[string]*report.Report {
	t.Helper()
	all := played(t, part)
	all["full"], all["broken off"], all["empty"] = full(), sample(), &report.Report{}
	return all
}

// played are the rehearsal of a maintenance of a real fleet, the plan of a site behind a WAN
// whose last cure is expected too early, and bulk-reset with 10,000 phones, each with a part
// of its phones.
func played(t *testing.T, part int) map[string]*report.Report {
	t.Helper()
	const plan = "../../examples/wan-site.yaml"
	text, err := os.ReadFile(plan)
	require.NoError(t, err)
	hopes := strings.Replace(string(text), "all phones of branch are untrusted", "all phones of branch are trusted", 1)
	require.NotEqual(t, string(text), hopes)
	wan, err := scenarios.Load(plan, []byte(hopes), os.DirFS("../../examples"))
	require.NoError(t, err)
	fleet, err := scenarios.LoadFile("../../examples/fleet/tomorrow.yaml")
	require.NoError(t, err)
	bulk, ok := scenarios.Find("bulk-reset")
	require.True(t, ok)
	all := make(map[string]*report.Report)
	for name, s := range map[string]struct {
		scenarios.Scenario
		phones int
	}{"fleet": {fleet, 5000}, "wan": {wan, 300}, "bulk": {bulk, 10_000}} {
		r, err := scenarios.Run(t.Context(), s.Scenario, scenarios.Options{
			Version: "v1.2.3", Command: "itlsim run " + s.Name + ".yaml --mode virtual --seed 1",
			Lab: lab.Options{Mode: lab.Virtual, Phones: s.phones / part, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024},
		})
		require.NoError(t, err)
		require.Equal(t, name != "wan", r.Passed)
		all[name] = r
	}
	return all
}
