package scenarios

import (
	"cmp"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/scenarios/report"
)

func paced(phones int, pace time.Duration) Options {
	return Options{Version: "1", Pace: pace, Lab: lab.Options{Mode: lab.Virtual, Phones: phones, Seed: 3, KeyBits: 1024}}
}

// Whatever an act is, it ends at a multiple of the pace, one pace later at least than what it
// waits; and the first begins at 0.
func TestPace(t *testing.T) {
	s := load(t, `
name: paced
shows: acts that wait, that nobody notices, and that are looked at while they are under way
phones: {group: floor-1, count: 4}
steps:
  - do: {phones: power on}
  - do: {wait: 61 seconds}
  - do: {offline phones: power on}
  - do:
      - phones: reset
    expect: [all phones are trusted within 3 minutes]
  - step: Nothing is done
    do: []
    expect: [all phones are trusted]
`)
	r, err := Run(t.Context(), s, paced(0, time.Minute))
	require.NoError(t, err)
	var at []float64
	for _, step := range r.Steps {
		at = append(at, step.AtS)
	}
	require.Equal(t, []float64{60, 240, 300, 540, 540}, at, "in seconds")
	require.True(t, r.Passed)
	require.InDelta(t, 60, r.PaceS, 0)
}

// A pace that is too short is told with what it would take.
func TestPaceTooShort(t *testing.T) {
	for shard := range 2 {
		opt := paced(40, 2*time.Second)
		opt.Shards = 2
		_, err := RunShard(t.Context(), builtinNamed(t, "trust-loss"), opt, shard)
		short := new(PaceError)
		require.ErrorAs(t, err, &short)
		require.Equal(t, PaceError{Act: 1, Needed: 7 * time.Second, Pace: 2 * time.Second}, *short)
		require.ErrorContains(t, err, "phones needed 7s for act 1: a pace of 2s is too short")
	}
}

// A scenario about minutes keeps its own pace, in which its expectations hold.
func TestScenariosOwnPace(t *testing.T) {
	s := builtinNamed(t, "five-minute-guard")
	r, err := Run(t.Context(), s, paced(20, s.Pace))
	require.NoError(t, err)
	require.True(t, r.Passed)
	opt := paced(20, 0)
	opt.Shards = 2
	require.Equal(t, 10*time.Second, opt.pace(s, 20))
}

func TestDefaultPace(t *testing.T) {
	for phones, want := range map[int]time.Duration{1: 1, 10_000: 1, 20_000: 1, 20_001: 2, 200_000: 6, 10_000_000: 251} {
		require.Equal(t, want*time.Minute, DefaultPace(phones, 10_000), phones)
	}
}

func TestParsePace(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"10 seconds": 10 * time.Second, "1 minute": time.Minute, "24 hours": MaxPace, "999 ms": 0, "25 hours": 0, "soon": 0,
	} {
		pace, err := parsePace(text)
		require.Equal(t, want == 0, err != nil, text)
		if err == nil {
			require.Equal(t, want, pace)
		}
	}
}

// inShards plays a scenario in so many shards, and gives the report without what depends on what
// there is room for: how long boots took.
func inShards(t *testing.T, s Scenario, shards int) string {
	opt := paced(400, cmp.Or(s.Pace, time.Minute))
	opt.Shards = shards
	r, err := Run(t.Context(), s, opt)
	require.NoError(t, err)
	require.True(t, r.Passed, "what is expected holds in a pace, too")
	r.Shards, r.Timing = 0, report.Timing{}
	return withoutCost(t, r)
}

// Shards together tell what one tells.
func TestShardsTellWhatOneTells(t *testing.T) {
	for i, s := range Builtin() {
		if s.NotIn[lab.Virtual] != "" || !build.Plays(i) {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			one := inShards(t, s, 1)
			of := []int{3, 4, 7}
			if build.Raced || i%5 != 0 { // all three of each take a minute
				of = of[i%3:][:1]
			}
			for _, shards := range of {
				require.Equal(t, one, inShards(t, s, shards), "%d shards", shards)
			}
		})
	}
}
