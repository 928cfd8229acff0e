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

// A pace that is too short is told in the same words, whichever shard's phones are the first to
// find it so, however long they need.
func TestPaceTooShort(t *testing.T) {
	for shard := range 3 {
		opt := paced(40, 2*time.Second)
		opt.Shards = 3
		_, err := RunShard(t.Context(), builtinNamed(t, "trust-loss"), opt, shard)
		short := new(PaceError)
		require.ErrorAs(t, err, &short)
		require.EqualError(t, short, "phones need longer than a pace of 2s for act 1: try --pace 1m0s")
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
	pace, _ := opt.pace(s, 20)
	require.Equal(t, 10*time.Second, pace)
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

// inShards plays a scenario of so many phones in so many shards, and gives the report without what depends on what
// there is room for: how long boots took.
func inShards(t *testing.T, s Scenario, phones, shards int) string {
	opt := paced(phones, cmp.Or(s.Pace, time.Minute))
	opt.Shards = shards
	r, err := Run(t.Context(), s, opt)
	require.NoError(t, err)
	require.Equal(t, s.Name != "fails", r.Passed, "what is expected holds in a pace, too")
	r.Shards, r.Timing = 0, report.Timing{}
	return withoutCost(t, r)
}

// That a phone waits long for what its network loses keeps no other from its turn: so it is the
// same under loss, where nobody's turn comes so late that it gives up.
func TestShardsTellWhatOneTellsUnderLoss(t *testing.T) {
	s := builtinNamed(t, "lossy-network")
	for seed := range int64(6) {
		if !build.Plays(int(seed)) {
			continue
		}
		var all []string
		for _, shards := range []int{1, 4, 7} {
			opt := paced(400, 2*time.Minute)
			opt.Lab.Seed, opt.Shards = seed, shards
			r, err := Run(t.Context(), s, opt)
			require.NoError(t, err)
			r.Shards = 0
			all = append(all, withoutCost(t, r))
		}
		require.Equal(t, all[0], all[1], "seed %d", seed)
		require.Equal(t, all[0], all[2], "seed %d", seed)
	}
}

// What acts on some phones come to is told alike however few of these a shard has: a
// certificate that CAPF refuses, a reset that reaches nobody.
func TestShardsTellWhyActsFail(t *testing.T) {
	s := load(t, `
name: fails
shows: acts that fail for some phones
cluster: {release: 14, nodes: [{name: pub}]}
phones: [{group: plain, count: 4, models: 8841}, {group: secure, count: 3, models: 8841, security profile: encrypted}]
steps:
  - do:
      - page: System > Enterprise Parameters > Reset
      - phones: power on
      - on pub: utils service stop Cisco Certificate Authority Proxy Function
  - repeat: 2 times
    do:
      - phones: power on
      - phones of secure: install a new LSC
      - phones: power off
      - phones of secure: install a new LSC
`)
	opt := paced(7, time.Minute)
	whole, err := Run(t.Context(), s, opt)
	require.NoError(t, err)
	require.Contains(t, whole.Steps[0].Do[0].Failed, "none is registered with the cluster then")
	require.Regexp(t, "^3 of 3 get none: Cisco .* is not running", whole.Steps[1].Do[1].Failed)
	require.Empty(t, whole.Steps[1].Do[3].Failed, "phones that are off ask for none")
	one := inShards(t, s, 7, 1)
	for _, shards := range []int{2, 7} {
		require.Equal(t, one, inShards(t, s, 7, shards), "%d shards", shards)
	}
}

// Shards together tell what one tells.
func TestShardsTellWhatOneTells(t *testing.T) {
	for i, s := range Builtin() {
		if s.NotIn[lab.Virtual] != "" || !build.Plays(i) {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			phones, of := 400, []int{3, 4, 7}
			if build.Raced || i%5 != 0 { // all three of each take a minute
				of = of[i%3:][:1]
			}
			if build.Raced { // which takes ten times as long
				phones = 100
			}
			one := inShards(t, s, phones, 1)
			for _, shards := range of {
				require.Equal(t, one, inShards(t, s, phones, shards), "%d shards", shards)
			}
		})
	}
}
