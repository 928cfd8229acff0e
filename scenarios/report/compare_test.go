package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/internal/cause"
)

// night is a run of four phones at its own time, of which one is lost at the second step
// and another is off.
func night() *Report {
	at := time.Date(2027, 3, 1, 2, 0, 0, 0, time.UTC)
	chapter := func(step int, state string) Chapter { return Chapter{Step: step, State: state, On: state != "off"} }
	return &Report{
		Scenario: "night", Mode: "wire", Seed: 1, Version: "v1", Phones: 4, Passed: true, StartedAt: at,
		Clusters: []Cluster{{Release: "14", Nodes: []Node{{Name: "pub", Role: "publisher", Version: "14.0.1"}}}},
		Steps: []Step{
			{Name: "boot", Do: []Done{{Text: "phones: power on"}},
				Expectations: []Expectation{{Text: "all trusted", Passed: true}}},
			{Name: "new key", Do: []Done{{Text: "on pub: set cert regen TVS"}}},
		},
		Stories: []Story{
			{Phones: []string{"SEP1", "SEP2"}, Chapters: []Chapter{chapter(1, "trusted")}},
			{Phones: []string{"SEP3"}, Chapters: []Chapter{chapter(1, "trusted"), chapter(2, "untrusted")},
				Cure: "the record of the serial number 0123456789ABCDEF0123"},
			{Phones: []string{"SEP4"}},
		},
		Timing: Timing{StartedAt: at},
	}
}

// compared is what the comparison of two reports says, read back from their JSON.
func compared(t *testing.T, a, b *Report, all bool) (string, bool) {
	t.Helper()
	read := func(r *Report) *Report {
		var text bytes.Buffer
		require.NoError(t, r.WriteJSON(&text))
		again, err := Read(&text)
		require.NoError(t, err)
		return again
	}
	c := Compare(read(a), read(b))
	var says strings.Builder
	require.NoError(t, c.WriteText(&says, all))
	return says.String(), c.Same()
}

// A rehearsal that went as the night did is the same, whatever its mode, seed, version and
// keys.
func TestCompareARehearsal(t *testing.T) {
	rehearsal := night()
	rehearsal.Mode, rehearsal.Seed, rehearsal.Version = "virtual", 7, "v2"
	rehearsal.Timing.StartedAt = time.Date(2027, 2, 26, 15, 4, 0, 0, time.UTC)
	rehearsal.Stories[1].Cure = "the record of the serial number FEDCBA98765432100"
	says, same := compared(t, rehearsal, night(), false)
	require.True(t, same)
	require.Equal(t, "A  night, 4 phones: a rehearsal of 2027-03-01 02:00 UTC, played 2027-02-26 15:04 UTC; "+
		`virtual mode, seed 7, itlsim v2; passed
B  night, 4 phones: at its own time, 2027-03-01 02:00 UTC; wire mode, seed 1, itlsim v1; passed

the same: 4 phones fared alike
`, says)
}

// How long boots took and which alarms came is told, and is no difference.
func TestCompareTellsHowItWent(t *testing.T) {
	rehearsal := night()
	rehearsal.Timing.BootMS = Boots{P50: 4875, P95: 6300, Max: 6600}
	rehearsal.Steps[1].Alarms = Alarms{Match: 3000, Mismatch: 2, NotInstalled: 1}
	says, same := compared(t, rehearsal, night(), false)
	require.True(t, same)
	require.Contains(t, says, "boots in A: half within 4.9 s, 95 % within 6.3 s, all within 6.6 s\n"+
		"alarms of step 2, new key: 3,000 Match, 2 Mismatch, 1 Not Installed in A, none in B\n\nthe same: ")
}

// Each thing that differs is a difference by itself, and is told.
func TestCompareTellsWhatDiffers(t *testing.T) {
	for _, c := range []struct {
		says   string
		change func(*Report)
	}{
		{"\nafter step 2, new key\n         1  untrusted in A, trusted in B: SEP3\n\nat the end\n" +
			"         1  untrusted (cure: the record of the serial number …) in A, trusted in B: SEP3\n\n" +
			"they differ; 3 of 4 phones in both fared the same at the end\n",
			func(r *Report) { r.Stories[1].Chapters[1].State, r.Stories[1].Cure = "trusted", "" }},
		{"\nat the end\n         1  untrusted (cure: the record of the serial number …) in A, untrusted (cure: luck) in B: SEP3\n",
			func(r *Report) { r.Stories[1].Cure = "luck" }},
		{"\nafter step 1, boot\n         2  trusted in A, off in B: SEP1, SEP2\n",
			func(r *Report) {
				r.Stories[0].Chapters = []Chapter{{Step: 1, State: "trusted"}, {Step: 2, State: "trusted", On: true}}
			}},
		{"\n1 phone in A alone: SEP2\n", func(r *Report) { r.Stories[0].Phones = []string{"SEP1"} }},
		{"\n1 phone in B alone: SEP5\n", func(r *Report) { r.Stories[0].Phones = append(r.Stories[0].Phones, "SEP5") }},
		{"cluster: release 14, pub (publisher, 14.0.1) in A, release 15, mixed mode, pub (publisher, 14.0.1, TVS 2048) in B\n",
			func(r *Report) {
				r.Clusters[0].Release, r.Clusters[0].Mixed = "15", true
				r.Clusters[0].Nodes[0].KeyBits = map[cucm.Unit]int{"TVS": 2048}
			}},
		{"cluster: none in A, release 9.1 in B\n", func(r *Report) {
			r.Clusters = append(r.Clusters,
				Cluster{Release: "9.1"})
		}},
		{"step 1, boot: acts: phones: power on in A, 3 times; phones: power on in B\n",
			func(r *Report) { r.Steps[0].Repeat = "3 times" }},
		{"step 1, boot: all trusted: held in A, failed in B\n",
			func(r *Report) { r.Steps[0].Expectations[0].Passed = false }},
		{"step 1, boot: none lost: not expected in A, held in B\n", func(r *Report) {
			r.Steps[0].Expectations = append(r.Steps[0].Expectations, Expectation{Text: "none lost", Passed: true})
		}},
		{"step 2, new key: broken off: none in A, interrupted in B\n", func(r *Report) { r.Steps[1].Error = "interrupted" }},
		{"; wire mode, seed 1, itlsim v1; stopped\n", func(r *Report) { r.Steps[1].Error = "interrupted" }},
		{"step 2 of A, \"new key\", is not in B\nstep 2 of B, \"other\", is not in A\n",
			func(r *Report) { r.Steps[1].Name = "other" }},
		{"step 1 (2 in B), boot: all trusted: held in A, failed in B\nstep 2 (3 in B), new key: acts: ", func(r *Report) {
			r.Steps = append([]Step{{Name: "before"}}, r.Steps...)
			r.Steps[1].Expectations[0].Passed, r.Steps[2].Repeat = false, "twice"
		}},
		{"step 3 of B, \"boot\", is not in A\n", func(r *Report) { r.Steps = append(r.Steps, Step{Name: "boot"}) }},
		{"B leaves out the stories of 1 phone: nothing is known of these, and they may seem to be in the other alone\n",
			func(r *Report) { r.Stories, r.StoriesLeftOut = r.Stories[:2], 1 }},
	} {
		b := night()
		c.change(b)
		says, same := compared(t, night(), b, false)
		require.False(t, same, c.says)
		require.Contains(t, says, c.says)
		require.NotContains(t, says, "the same: ")
	}
}

// Of many phones the first are named, or all.
func TestCompareNamesPhones(t *testing.T) {
	a, b := night(), night()
	a.Stories = []Story{{Chapters: []Chapter{{Step: 1, State: "trusted", On: true}}}, {}}
	b.Stories = []Story{{Chapters: []Chapter{{Step: 1, State: "locked", On: true}}}}
	for i := range 1200 {
		name := fmt.Sprintf("SEP%04d", 1199-i)
		a.Stories[0].Phones, b.Stories[0].Phones = append(a.Stories[0].Phones, name), append(b.Stories[0].Phones, name)
	}
	says, _ := compared(t, a, b, false)
	require.Contains(t, says, "\nat the end\n     1,200  trusted in A, locked in B: SEP0000, SEP0001, SEP0002, …\n")
	says, _ = compared(t, a, b, true)
	require.Contains(t, says, "SEP0003, ")
	require.Contains(t, says, ", SEP1199\n")
}

// What no run has so much of is refused.
func TestReadRefuses(t *testing.T) {
	many := func(what string, n int) string { return strings.Repeat(what+",", n-1) + what }
	for says, from := range map[string]io.Reader{
		"it has more steps, groups or nodes than any run": strings.NewReader(`{"steps":[` + many("{}", maxObjects+1) + `]}`),
		"it has more than 10000 stories": strings.NewReader(`{"stories":[` + many("{}",
			maxStories+1) + `]}`),
		"it has more stories of more steps than any run": strings.NewReader(
			`{"steps":[` + many("{}", 5000) + `],"stories":[` + many("{}", 801) + `]}`),
		`it has the key "steps" twice`: strings.NewReader(`{"steps":[],"steps":[]}`),
		`[0] has the key "at_s" twice`: strings.NewReader(`{"steps":[{"at_s":1,"at_s":2}]}`),
		"a value of the wrong kind":    strings.NewReader(`{"clusters":{}}`),
		"the JSON ends too early":      strings.NewReader(`{"steps":[]`),
		"a story has more chapters than any scenario has ": strings.NewReader(`{"stories":[{"chapters":[` + many("{}",
			maxChapters+1) + `]}]}`),
	} {
		_, err := Read(from)
		require.Error(t, err, says)
		require.Contains(t, cause.Of(err), says)
	}
}

// What is read of two reports can be compared, and is the same as itself.
func FuzzRead(f *testing.F) {
	f.Add([]byte(someReport))
	var text bytes.Buffer
	_ = night().WriteJSON(&text)
	f.Add(text.Bytes())
	f.Add([]byte(`{"steps":[{"name":"a"},{"name":"a"}],"stories":[{"phones":["x","x"],"chapters":[{"step":9},{"step":-1}]}]}`))
	other := night()
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Read(bytes.NewReader(data))
		if err != nil {
			if cause.Of(err) == "" {
				t.Fatalf("%T says nothing", err)
			}
			return
		}
		if !Compare(r, r).Same() {
			t.Fatal("it differs from itself")
		}
		if err := Compare(r, other).WriteText(io.Discard, true); err != nil {
			t.Fatal(err)
		}
		var whole Report
		if json.Unmarshal(data, &whole) == nil && whole.Scenario == r.Scenario && len(whole.Steps) != len(r.Steps) {
			t.Fatalf("%d steps, and by the library %d", len(r.Steps), len(whole.Steps))
		}
	})
}
