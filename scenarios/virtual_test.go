package scenarios

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/scenarios/report"

	"github.com/stretchr/testify/require"
)

// played is the report of a virtual run as text, but for its timing.
func played(t *testing.T, s Scenario, opt lab.Options) string {
	opt.Mode = lab.Virtual
	r, err := Run(t.Context(), s, Options{Lab: opt})
	require.NoError(t, err)
	r.Timing = report.Timing{}
	text, err := json.MarshalIndent(r, "", " ")
	require.NoError(t, err)
	return string(text)
}

// everyScenario is what virtual mode plays, the catalogue and the examples' plans, by name.
func everyScenario(t *testing.T) map[string]Scenario {
	all := make(map[string]Scenario)
	for _, s := range Builtin() {
		if s.NotIn[lab.Virtual] == "" {
			all[s.Name] = s
		}
	}
	for _, pattern := range []string{"../examples/*.yaml", "../examples/fleet/*.yaml"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		require.NotEmpty(t, files, pattern)
		for _, file := range files {
			s, err := LoadFile(file)
			require.NoError(t, err)
			all["examples-"+strings.TrimSuffix(filepath.Base(file), ".yaml")] = s
		}
	}
	return all
}

// A report is a function of scenario and seed, but for its timing: whatever the number of
// workers, and whatever was played before in this process. ITLSIM_REPORTS=DIR keeps the
// reports, so that those of other processors can be compared with them (.ci/architectures).
func TestTheSeedDecidesEveryReport(t *testing.T) {
	all := everyScenario(t)
	for i, name := range slices.Sorted(maps.Keys(all)) {
		if !build.Plays(i) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			opt := lab.Options{Phones: 60, Seed: 7, Workers: 1, KeyBits: 1024}
			one := played(t, all[name], opt)
			if dir := os.Getenv("ITLSIM_REPORTS"); dir != "" {
				require.NoError(t, os.WriteFile(filepath.Join(dir, name+".json"), []byte(one), 0o666))
				return
			}
			opt.Workers = 3
			require.Equal(t, one, played(t, all[name], opt))
		})
	}
}

// A report is a function of scenario and seed, but for its timing.
func TestTheSeedDecidesAVirtualReport(t *testing.T) {
	s, ok := Find("bulk-reset")
	require.True(t, ok)
	report := func(seed int64, workers int) string {
		text := played(t, s, lab.Options{Phones: 300, Seed: seed, Workers: workers})
		require.Contains(t, text, `"passed": true`)
		return text
	}
	one := report(7, 1)
	require.Equal(t, one, report(7, 1))
	require.Equal(t, one, report(7, 2))
	require.Equal(t, one, report(7, 5))
	require.NotEqual(t, one, report(8, 2))
}

// So it is with the picture of a real fleet, whose phones hold lists of strangers.
func TestTheSeedDecidesThePictureOfAFleet(t *testing.T) {
	s, err := LoadFile("../examples/fleet/tomorrow.yaml")
	require.NoError(t, err)
	phones := 1000
	if build.Raced { // which takes ten times as long
		phones = 200
	}
	one := played(t, s, lab.Options{Phones: phones, Seed: 7, Workers: 1})
	for _, workers := range []int{1, 2, 5} {
		require.Equal(t, one, played(t, s, lab.Options{Phones: phones, Seed: 7, Workers: workers}))
	}
}
