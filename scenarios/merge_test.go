package scenarios

import (
	"bytes"
	"compress/gzip"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"itlsim/cucm/testkeys"
	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/scenarios/report"
)

// trustLoss are the parts of a small run in shards, each from a file.
func trustLoss(t testing.TB, shards int, changed func(shard int, s *Scenario)) (parts []*Part) {
	opt := Options{Version: "1", Shards: shards, Lab: lab.Options{Mode: lab.Virtual, Phones: 24, Seed: 1, KeyBits: 1024}}
	for i := range shards {
		s, ok := Find("trust-loss")
		require.True(t, ok)
		changed(i, &s)
		part, err := RunShard(t.Context(), s, opt, i)
		require.NoError(t, err)
		parts = append(parts, again(t, part))
	}
	return parts
}

func alike(int, *Scenario) {}

// again is a part that went through a file.
func again(t require.TestingT, part *Part) *Part {
	var file bytes.Buffer
	require.NoError(t, part.Write(&file))
	part, err := ReadPart(&file)
	require.NoError(t, err)
	return part
}

// In whatever order parts come, and whoever plays them, the report is the same.
func TestMergeInAnyOrder(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	const shards = 5
	parts := trustLoss(t, shards, alike)
	run, err := Run(t.Context(), builtinNamed(t, "trust-loss"), Options{Version: "1", Shards: shards, Lab: lab.Options{
		Mode: lab.Virtual, Phones: 24, Seed: 1, KeyBits: 1024, Workers: 2,
	}})
	require.NoError(t, err)
	require.Equal(t, shards, run.Shards)
	want := withoutCost(t, run)
	rapid.Check(t, func(rt *rapid.T) {
		merged, err := Merge(rapid.Permutation(parts).Draw(rt, "parts"))
		require.NoError(rt, err)
		require.Equal(rt, want, withoutCost(t, merged))
	})
	merged, err := Merge(parts)
	require.NoError(t, err)
	var one, other bytes.Buffer
	require.NoError(t, run.WriteCSV(&one))
	require.NoError(t, merged.WriteCSV(&other))
	require.Equal(t, one.String(), other.String())
}

// Parts that are not all those of one run are no run.
func TestMergeRefusesMisfits(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	parts := trustLoss(t, 3, alike)
	for _, tc := range []struct {
		change func(parts []*Part) []*Part
		says   string
	}{
		{func([]*Part) []*Part { return nil }, "there are none"},
		{func(p []*Part) []*Part { return p[1:] }, "that of shard 0 is missing, 2 of 3 are there"},
		{func(p []*Part) []*Part { return append(p, p[2]) }, "there are two of shard 2"},
		{func(p []*Part) []*Part { return []*Part{p[0], p[2], p[2]} }, "there are two of shard 2"},
		{func(p []*Part) []*Part { p[1].Build = "2"; return p }, "shards 0 and 1 are of different builds of the program"},
		{func(p []*Part) []*Part { p[2].Hash = "x"; return p }, "shards 0 and 2 are of different scenarios"},
		{func(p []*Part) []*Part { p[2].Scenario = "x"; return p }, "different scenarios"},
		{func(p []*Part) []*Part { p[1].Mode = "x"; return p }, "different modes"},
		{func(p []*Part) []*Part { p[1].Seed++; return p }, "different seeds"},
		{func(p []*Part) []*Part { p[1].Phones++; return p }, "different numbers of phones"},
		{func(p []*Part) []*Part { p[1].Boots++; return p }, "different numbers of boots at a time"},
		{func(p []*Part) []*Part { p[1].Shards++; return p }, "different numbers of shards"},
		{func(p []*Part) []*Part { p[1].Pace++; return p }, "different paces"},
	} {
		_, err := Merge(tc.change([]*Part{again(t, parts[0]), again(t, parts[1]), again(t, parts[2])}))
		require.ErrorIs(t, err, ErrOtherRun, tc.says)
		require.ErrorContains(t, err, tc.says)
	}
}

// A shard whose clusters went another way than the others' is found: in what it did, printed and
// saw, and in when.
func TestMergeFindsDivergentReplicas(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	wait := func(i int) Act { return Wait(time.Duration(i) * time.Minute) }
	sound := trustLoss(t, 2, alike)
	for says, change := range map[string]func(s *Scenario){
		"what was done in step 1": func(s *Scenario) { s.Steps[0].Do = append(s.Steps[0].Do, wait(1)) },
		"when step 1": func(s *Scenario) {
			later := wait(3)
			later.Text, later.Typed = s.Steps[0].Do[0].Text, s.Steps[0].Do[0].Typed
			s.Steps[0].Do[0] = later
		},
		"what was found after step 1": func(s *Scenario) {
			s.Steps[0].Expect[0].Text, s.Steps[0].Expect[0].Look = "all", func(*Player) Finding { return Finding{Said: "x"} }
		},
		"how much was looked at after step 1": func(s *Scenario) { s.Steps[0].Expect = s.Steps[0].Expect[1:] },
	} {
		other := trustLoss(t, 2, func(shard int, s *Scenario) {
			if shard == 1 {
				change(s)
			}
		})[1]
		_, err := Merge([]*Part{other, sound[0]})
		require.ErrorIs(t, err, report.ErrDiffer, says)
		require.ErrorContains(t, err, "shards 0 and 1 differ about "+says)
	}
	other := again(t, sound[1])
	other.Words.Groups = other.Words.Groups[1:]
	_, err := Merge([]*Part{other, sound[0]})
	require.EqualError(t, err, "shards 0 and 1 differ about which nodes, groups and models there are")
}

// Whatever is read of a part is refused, or merged without harm. The parts are small, so that many
// are tried.
func FuzzPart(f *testing.F) {
	small := load(f, `name: small
shows: parts
phones: [{group: all, count: 2, models: [8861]}]
steps: [{do: [{phones: power on}], expect: [all phones are trusted]}]
`)
	parts := func(shards int) (parts []*Part) {
		for i := range shards {
			part, err := RunShard(f.Context(), small, Options{Version: "1", Shards: shards, Lab: lab.Options{
				Mode: lab.Virtual, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024,
			}}, i)
			require.NoError(f, err)
			parts = append(parts, again(f, part))
		}
		return parts
	}
	for _, shards := range []int{1, 2} {
		for _, part := range parts(shards) {
			var file bytes.Buffer
			require.NoError(f, part.Write(&file))
			z, err := gzip.NewReader(&file)
			require.NoError(f, err)
			data, err := io.ReadAll(z)
			require.NoError(f, err)
			f.Add(data)
		}
	}
	other := parts(2)[1]
	f.Fuzz(func(t *testing.T, data []byte) {
		var file bytes.Buffer
		z := gzip.NewWriter(&file)
		z.Write(data)
		z.Close()
		part, err := ReadPart(&file)
		if err != nil {
			return
		}
		if part.Phones == other.Phones { // else it has more phones than a fuzzer has time for
			if merged, err := Merge([]*Part{part, other}); err == nil {
				for _, write := range []func(io.Writer) error{merged.WriteText, merged.WriteJUnit, merged.WriteCSV} {
					require.NoError(t, write(io.Discard))
				}
			}
		}
		if merged, err := Merge([]*Part{part}); err == nil {
			require.NoError(t, merged.WriteText(io.Discard))
		}
	})
}

// Sixty-four parts are merged within a second.
func BenchmarkMerge(b *testing.B) {
	opt := Options{Shards: 64, Lab: lab.Options{Mode: lab.Virtual, Phones: 64 * 100, Seed: 1, KeyBits: 1024}}
	s, _ := Find("bulk-reset")
	var files [][]byte
	for i := range opt.Shards {
		part, err := RunShard(b.Context(), s, opt, i)
		require.NoError(b, err)
		var file bytes.Buffer
		require.NoError(b, part.Write(&file))
		files = append(files, file.Bytes())
	}
	for b.Loop() {
		var parts []*Part
		for _, file := range files {
			part, err := ReadPart(bytes.NewReader(file))
			require.NoError(b, err)
			parts = append(parts, part)
		}
		_, err := Merge(parts)
		require.NoError(b, err)
	}
}
