package farm

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/scenarios"
)

const fleetOfTwo = `name: two
shows: phones of a list
phones:
  - group: office
    devices: lists/office.csv
steps:
  - do:
      - phones: power on
`

const office = "name,model\nSEP001122334455,8861\nSEP001122334456,8861\n"

func packed(t testing.TB) *Bundle {
	t.Helper()
	dir := fstest.MapFS{"lists/office.csv": {Data: []byte(office)}, "secret": {Data: []byte("x")}}
	b, err := Pack(Spec{Build: "v1", Seed: 7, Shards: 2}, "/home/me/two.yaml", []byte(fleetOfTwo), dir)
	require.NoError(t, err)
	return b
}

// A bundle has what the scenario names, and nothing of the machine that packed it.
func TestBundle(t *testing.T) {
	b := packed(t)
	require.Len(t, b.Files, 1)
	assert.Equal(t, "lists/office.csv", b.Files[0].Name)
	assert.Equal(t, "two.yaml", b.Scenario.Name)
	assert.Len(t, b.Contents, 2)
	assert.NotContains(t, string(b.Bytes()), "home")
	sent := &Bundle{Spec: b.Spec, Contents: b.Contents}
	s, err := sent.Plan()
	require.NoError(t, err)
	assert.Equal(t, 2, s.Phones())
	read, err := ReadSpec(b.Bytes(), b.Run())
	require.NoError(t, err)
	assert.Equal(t, b.Spec, read)
}

// All that a report follows from is in the run's id.
func TestRunIsWhatItFollowsFrom(t *testing.T) {
	runs := map[string]bool{packed(t).Run(): true}
	for _, change := range []func(*Spec){
		func(s *Spec) { s.Build = "v2" }, func(s *Spec) { s.Scenario.Hash = hashOf(nil) },
		func(s *Spec) { s.Files[0].Hash = hashOf(nil) }, func(s *Spec) { s.Seed++ }, func(s *Spec) { s.Phones++ },
		func(s *Spec) { s.Boots++ }, func(s *Spec) { s.Shards++ }, func(s *Spec) { s.Pace++ },
	} {
		b := packed(t)
		change(&b.Spec)
		runs[b.Run()] = true
	}
	assert.Len(t, runs, 9)
}

// What is no spec of that run is refused, before anything of it is looked for.
func TestSpecsThatAreNone(t *testing.T) {
	for says, change := range map[string]func(*Spec){
		"format":              func(s *Spec) { s.Format = 2 },
		"file 1 makes no":     func(s *Spec) { s.Files[0].Name = "../passwd" },
		"file 0 makes no":     func(s *Spec) { s.Scenario.Hash = "../../etc" },
		"phones; there are":   func(s *Spec) { s.Phones = math.MaxInt32 },
		"shards; want":        func(s *Spec) { s.Shards = scenarios.MaxShards + 1 },
		"0 shards; want":      func(s *Spec) { s.Shards = 0 },
		"below nothing":       func(s *Spec) { s.Pace = -1 },
		"bytes together":      func(s *Spec) { s.Files = append(s.Files, File{"a", hashOf(nil), 256 << 20}) },
		"files; there are at": func(s *Spec) { s.Files = make([]File, maxFiles+1) },
	} {
		s := packed(t).Spec
		change(&s)
		for i := range s.Files {
			if s.Files[i] == (File{}) {
				s.Files[i] = File{"a", hashOf(nil), 0}
			}
		}
		_, err := ReadSpec(s.Bytes(), s.Run())
		assert.ErrorContains(t, err, says)
	}
	b := packed(t)
	_, err := ReadSpec(b.Bytes(), hashOf(nil))
	assert.ErrorContains(t, err, "not the one")
	_, err = ReadSpec(bytes.Repeat([]byte(" "), maxSpec+1), hashOf(nil))
	assert.ErrorContains(t, err, "larger than")
}

// What a worker tells is heard where there can be such progress, and it is no longer than it may be.
func TestProgressThatIsHeard(t *testing.T) {
	heard := 0
	of := func(int) func(scenarios.Progress) { return func(scenarios.Progress) { heard++ } }
	told, err := toldOf(3, scenarios.Progress{Step: 1, Steps: 2, Name: strings.Repeat("ü", 5000), Left: 1, Phones: 2})
	require.NoError(t, err)
	hear(told, 4, of)
	assert.Equal(t, 1, heard)
	hear(told, 3, of) // there is no fourth shard
	hear(append(told, bytes.Repeat([]byte(" "), maxProgress)...), 4, of)
	for _, p := range []scenarios.Progress{
		{Step: 3, Steps: 2}, {Step: -1}, {Left: 2, Phones: 1}, {Left: -1}, {Phones: math.MaxInt32},
		{States: fleet.States{0: -1}},
	} {
		told, err := toldOf(0, p)
		require.NoError(t, err)
		hear(told, 4, of)
	}
	assert.Equal(t, 1, heard)
}

// A spec that is read is one that could have been packed, and reads the same again.
func FuzzReadSpec(f *testing.F) {
	b := packed(f)
	f.Add(b.Bytes())
	f.Add([]byte(`{"format":1,"shards":1,"shards":2}`))
	f.Add([]byte(`{"format":1,"scenario":{"name":"a","sha256":"","size":-1},"shards":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := ReadSpec(data, hashOf(data))
		if err != nil {
			return
		}
		require.NoError(t, s.check())
		again, err := ReadSpec(s.Bytes(), s.Run())
		require.NoError(t, err)
		assert.Equal(t, s.Bytes(), again.Bytes())
	})
}

// Whatever comes as a subject, a name, an advisory or progress is of a shard that there may be,
// or is not heard.
func FuzzMessages(f *testing.F) {
	s := shard{buildToken("v1"), hashOf(nil), 3}
	f.Add(s.subject(), []byte(`{"shard":1,"step":2,"steps":3,"left":4,"states":{}}`))
	f.Add(s.part(), []byte(`{"stream_seq":18446744073709551615}`))
	f.Add("itlsim.shard..", []byte(`{"shard":-1,"left":-5,"phones":9223372036854775807}`))
	f.Fuzz(func(t *testing.T, name string, data []byte) {
		if s, err := readSubject(name); err == nil {
			require.Equal(t, name, s.subject())
			require.Less(t, s.i, scenarios.MaxShards)
		}
		if run, i, err := readPartName(name); err == nil {
			require.Equal(t, name, partName(run, i))
		}
		all := scenarios.NewGauge(func(all scenarios.Progress) {
			require.GreaterOrEqual(t, all.Left, 0)
			require.GreaterOrEqual(t, all.Phones, all.Left)
		}, 1, 4)
		hear(data, 4, all.Of)
		hear([]byte(name), 4, all.Of)
		var lost lostShard
		_ = json.Unmarshal(data, &lost)
	})
}

// A join string is read as it is written, and nothing else is one.
func FuzzParseJoin(f *testing.F) {
	for _, text := range []string{
		"itlsim://127.0.0.1:4222/ABCDEFGHIJKLMNOPQRSTUVWXYZ", "itlsim://[::1]:1/0123456789abcdef",
		"itlsim://farm.example:4222/0123456789abcdef#" + hashOf(nil), "itlsim://farm.example:4222/0123456789abcdef",
		"nats://127.0.0.1", "itlsim://u:p@127.0.0.1:1/0123456789abcdef", "itlsim:///0123456789abcdef", "",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		j, err := ParseJoin(text)
		if err == nil {
			require.Equal(t, strings.TrimSpace(text), j.String())
			_, err = Joining(text)
			require.NoError(t, err)
		} else {
			require.NotContains(t, err.Error(), "0123456789abcdef")
		}
	})
}
