package scenarios

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"os"
	"strings"
	"testing"

	"itlsim/scenarios/language"
	"itlsim/scenarios/report"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

// whole looks a run's reports over.
func whole(t *testing.T, r *report.Report) {
	told := 0
	for _, story := range r.Stories {
		told += len(story.Phones)
	}
	require.Equal(t, r.Phones, told+r.StoriesLeftOut)
	var b bytes.Buffer
	require.NoError(t, r.WriteJUnit(&b))
	var suites struct {
		XMLName xml.Name `xml:"testsuites"`
		Tests   int      `xml:"tests,attr"`
	}
	require.NoError(t, xml.Unmarshal(b.Bytes(), &suites))
	held, failed, _ := r.Tally()
	require.Equal(t, held+failed, suites.Tests)
	b.Reset()
	require.NoError(t, r.WriteHTML(&b))
	_, data, ok := strings.Cut(b.String(), `<script type="application/json" id="report">`)
	require.True(t, ok)
	data, _, ok = strings.Cut(data, "</script>")
	require.True(t, ok)
	var embedded report.Report
	require.NoError(t, json.Unmarshal([]byte(data), &embedded))
	require.Equal(t, r.Steps, embedded.Steps)
	require.NotRegexp(t, `(src|href)="?http`, b.String(), "the page needs nothing from a network")
}

// Each file opens with what it shows and which rows, and is named for itself.
func TestHeaders(t *testing.T) {
	for _, s := range Builtin() {
		source, ok := Source(s.Name)
		require.True(t, ok, "%s is not in %s.yaml", s.Name, s.Name)
		header, _, _ := strings.Cut(string(source), "\nname:")
		require.True(t, strings.HasPrefix(header, "# "), s.Name)
		require.Regexp(t, `Rows? `, header, s.Name)
		require.NotEmpty(t, s.Rows, s.Name)
		require.NotEmpty(t, s.Shows, s.Name)
	}
}

// schema compiles schema.json, once it is what the tables say.
func schema(t testing.TB) *jsonschema.Schema {
	want, err := writeSchema()
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile("schema.json", want, 0o666))
		Schema = want
	}
	require.Equal(t, string(want), string(Schema), "go test -update writes schema.json")
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(Schema))
	require.NoError(t, err)
	c := jsonschema.NewCompiler()
	require.NoError(t, c.AddResource("schema.json", doc))
	s, err := c.Compile("schema.json")
	require.NoError(t, err)
	return s
}

func accepts(t testing.TB, s *jsonschema.Schema, text []byte) error {
	asJSON, err := yaml.YAMLToJSON(text)
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	require.NoError(t, err)
	return s.Validate(doc)
}

func TestSchemaAcceptsTheCatalogue(t *testing.T) {
	s := schema(t)
	for _, sc := range Builtin() {
		source, _ := Source(sc.Name)
		require.NoError(t, accepts(t, s, source), sc.Name)
	}
}

// The schema refuses what the loader refuses, but for the file's own names.
func TestSchemaRefusesMistakes(t *testing.T) {
	s := schema(t)
	const good = `name: a
shows: b
phones: [{group: g, count: 2}]
steps: [{do: [{phones: power on}], expect: [all phones are trusted]}]
`
	require.NoError(t, accepts(t, s, []byte(good)))
	load(t, good)
	for _, m := range [][2]string{
		{"name: a\n", ""},
		{"name: a", "name: A b"},
		{"shows: b", "show: b"},
		{"count: 2", "count: 0"},
		{"count: 2", "count: many"},
		{"count: 2", "number: 2"},
		{", count: 2", ""},
		{"group: g, ", ""},
		{"count: 2", "count: 2, models: [1234]"},
		{"count: 2", "count: 2, offline: most"},
		{"count: 2", "count: 2, holds: nothng"},
		{"power on", "power onn"},
		{"phones: power on", "phone: power on"},
		{"phones: power on", "phones: power on, wait: 1 minute"},
		{"phones: power on", "wait: a minute"},
		{"phones: power on", "page: Reset"},
		{"phones: power on", "fault: TVS is gone"},
		{"phones: power on", "on test10pub: show itll"},
		{"phones: power on", "on test10pub: show itl, answer: x"},
		{"are trusted", "is trusted"},
		{"are trusted", "are lost"},
		{"all phones", "some phones"},
		{"expect", "expects"},
		{"steps: [", "rows: M99\nsteps: ["},
		{"steps: [", "cluster: {digest: MD5}\nsteps: ["},
		{"steps: [", "cluster: {Nodes: [{nam: x}]}\nsteps: ["},
		{"steps: [", "cluster: {key size: 1000}\nsteps: ["},
		{"steps: [", "cluster: {release: 7.1}\nsteps: ["},
		{"steps: [", "not in: {space: no}\nsteps: ["},
	} {
		bad := strings.Replace(good, m[0], m[1], 1)
		require.NotEqual(t, good, bad)
		_, err := Load("bad.yaml", []byte(bad), nil)
		require.Error(t, err, bad)
		var problems Problems
		require.ErrorAs(t, err, &problems, bad)
		require.Error(t, accepts(t, s, []byte(bad)), "the schema accepts:\n%s\nthe loader: %v", bad, err)
	}
}

// Every sentence that editors offer is one that the loader understands.
func TestExamples(t *testing.T) {
	v := language.Vocabulary{Nodes: []string{"test10pub"}, Groups: []string{"floor-1"}}
	for _, text := range expectations.Examples() {
		_, _, err := expectations.Parse(text, v)
		require.NoError(t, err, text)
	}
	require.Len(t, expectations.Examples(), len(expectations.Sentences()))
	for _, text := range faults.Examples() {
		_, _, err := faults.Parse(text, v)
		require.NoError(t, err, text)
	}
}

// A sentence is understood in each of its ways, and the error says what would
// have been.
func TestSentences(t *testing.T) {
	v := language.Vocabulary{Nodes: []string{"test10pub", "test10sub"}, Groups: []string{"floor-1", "away"}}
	for _, c := range [][2]string{
		{"all phones of floor-1 are trusted", ""},
		{"at least 25% of the phones of away are locked", ""},
		{"half of the phones with firmware older than 9.4(1) have no trust list", ""},
		{"at most 3 offline phones of away with firmware 9.4(1) or later are on", ""},
		{"all phones are trustd", `15: "trustd" is not understood here (did you mean "trusted"?)`},
		{"all phones of flor-1 are trusted", `14: "flor-1" is not understood here (did you mean "floor-1"?)`},
		{"all phones hold the list of test10pup",
			`28: "test10pup" is not understood here (did you mean "test10pub"?)`},
		{"every phones are trusted", `0: "every" is not understood here; it can be `},
		{"all phones are", `14: the sentence is not complete: it goes on with `},
		{"all phones are trusted now", `23: "now" is too much: the sentence ends before it`},
		{"all phones show Trust",
			`16: "Trust" is not understood here; it can be a text in quotes, such as "Trust List update failed"`},
		{"101% of the phones are on", `0: "101%" is not understood here`},
		{"", `0: the sentence is not complete`},
	} {
		text, want := c[0], c[1]
		_, _, err := expectations.Parse(text, v)
		if want == "" {
			require.NoError(t, err, text)
			continue
		}
		var wrong *language.Error
		require.ErrorAs(t, err, &wrong, text)
		require.Contains(t, fmt.Sprintf("%d: %v", wrong.At, wrong), want)
	}
}

// No file, however broken, does anything but come back with a problem.
func FuzzLoad(f *testing.F) {
	for _, s := range Builtin() {
		source, _ := Source(s.Name)
		f.Add(source)
	}
	f.Add([]byte("name: [\n"))
	f.Add([]byte("- *a\n- &a <<: {}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Load("fuzz.yaml", data, nil)
		if err == nil {
			if s.Name == "" || s.Phones() == 0 || len(s.Steps) == 0 {
				t.Fatal("a scenario without anything in it")
			}
			return
		}
		problems, ok := err.(Problems)
		if !ok || len(problems) == 0 {
			t.Fatalf("%T: %v", err, err)
		}
		for _, p := range problems {
			if p.Line < 1 || p.Column < 1 || p.Message == "" {
				t.Fatalf("no position: %v", p)
			}
		}
	})
}
