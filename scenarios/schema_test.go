package scenarios

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"
)

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
		{"count: 2", "count: 2, models: ['']"},
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
