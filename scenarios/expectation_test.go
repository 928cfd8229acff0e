package scenarios

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/scenarios/language"
)

// Every sentence that editors offer is one that the loader understands.
func TestExamples(t *testing.T) {
	v := language.Vocabulary{Nodes: []string{"test10pub", "test10sub"}, Groups: []string{"floor-1"}}
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
