package scenarios

import (
	"bytes"
	"encoding/csv"
	"testing"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios/report"

	"github.com/stretchr/testify/require"
)

// The CSV has a line for every phone; after each step its columns count as many phones in
// each state as the report.
func TestCSV(t *testing.T) {
	const phones = 24
	opt := lab.Options{Mode: lab.Virtual, Phones: phones, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024}
	r, err := Run(t.Context(), builtinNamed(t, "trust-loss"), Options{Lab: opt})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, r.WriteCSV(&b))
	lines, err := csv.NewReader(&b).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 1+phones)
	require.Equal(t, []string{"name", "group", "model", "firmware", "node"}, lines[0][:5])
	require.Equal(t, []string{"SEP001BD4000000", "publisher-phones", "8861", "10.3(1)", "test10pub"}, lines[1][:5])
	require.Equal(t, "subscriber-phones test10sub", lines[2][1]+" "+lines[2][4])
	require.Len(t, lines[0], 5+len(r.Steps))
	require.Equal(t, "1. "+r.Steps[0].Name, lines[0][5])
	off := 0
	for i, step := range r.Steps {
		count := make(map[string]int)
		for _, line := range lines[1:] {
			count[line[5+i]]++
		}
		s := step.States
		for state, n := range map[string]int{
			"none": s.None, "trusted": s.Trusted, "locked": s.Locked, "untrusted": s.Untrusted, "off": s.Off,
		} {
			require.Equal(t, n, count[state], "%s after step %d", state, i+1)
		}
		off += s.Off
	}
	require.Positive(t, off)

	var text bytes.Buffer
	require.NoError(t, r.WriteJSON(&text))
	r, err = report.Read(&text)
	require.NoError(t, err)
	require.ErrorContains(t, r.WriteCSV(&b), "no roll")
}

// No spreadsheet computes what a scenario file calls its groups and models.
func TestCSVHasNoFormulas(t *testing.T) {
	s := load(t, `name: formulas
shows: names
phones:
  - {group: "=1+1", count: 1, models: [8861]}
  - {group: "@x", count: 1, models: ["-cmd"]}
cluster: {nodes: [{name: test10pub}]}
steps: [{step: "=boot", do: [{phones: power on}]}]
`)
	opt := lab.Options{Mode: lab.Virtual, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024}
	r, err := Run(t.Context(), s, Options{Lab: opt})
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, r.WriteCSV(&b))
	require.Equal(t, `name,group,model,firmware,node,1. =boot
SEP001BD4000000,'=1+1,8861,14.1(1),test10pub,trusted
SEP001BD4000001,'@x,'-cmd,9.4(2)SR3,test10pub,trusted
`, b.String())
}
