package scenarios

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/scenarios/language"
)

// TestReferenceOfSentences: docs/reference/sentences.md lists each sentence that there is, with what it
// means, between marks that name the list. go test -update writes them.
func TestReferenceOfSentences(t *testing.T) {
	const file = "../docs/reference/sentences.md"
	page, err := os.ReadFile(file)
	require.NoError(t, err)
	lists := map[string][]language.Shape{
		"phones": phoneActs.Shapes(), "page": pageActs.Shapes(), "wait": waits.Shapes(), "fault": faults.Shapes(),
		"which phones": language.New(phoneKeys...).Shapes(), "repeat": repeats.Shapes(),
		"expect": expectations.Shapes(), "pieces": language.Pieces(),
	}
	mark := regexp.MustCompile(`(?s)(<!-- sentences: ([a-z ]+) -->\n).*?(<!-- end -->)`)
	got := mark.ReplaceAllStringFunc(string(page), func(list string) string {
		m := mark.FindStringSubmatch(list)
		shapes, ok := lists[m[2]]
		require.True(t, ok, m[2])
		delete(lists, m[2])
		return m[1] + "\n" + bullets(t, shapes) + "\n" + m[3]
	})
	require.Empty(t, lists, "lists that the page does not have")
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o666))
		return
	}
	require.Equal(t, got, string(page), "go test -update writes %s", file)
}

// bullets are a list of sentences, each with what it means.
func bullets(t *testing.T, shapes []language.Shape) string {
	var b strings.Builder
	for _, s := range shapes {
		require.NotEmpty(t, s.Says, "%s: what does it mean? Rule.Explained", s.Sentence)
		fmt.Fprintf(&b, "- `%s`: %s\n", s.Sentence, s.Says)
	}
	return b.String()
}

// Each sentence that the documentation lists is understood, and the schema takes it as
// the loader does.
func TestSchemaAcceptsEachSentence(t *testing.T) {
	s := schema(t)
	accepted := func(step string) {
		text := strings.Replace(twoClusters, "  - do: [%s]\n", "  - step: one\n"+step, 1)
		load(t, text)
		require.NoError(t, accepts(t, s, []byte(text)), step)
	}
	for _, a := range acts() {
		accepted(fmt.Sprintf("    do: [{%s: '%s'}]\n", a[0], strings.ReplaceAll(a[1], "'", "''")))
	}
	for _, sentence := range expectations.Examples() {
		bounded := strings.Replace(sentence, "all phones", "20% to 30.5% of the online phones", 1)
		for _, e := range []string{sentence, bounded} {
			accepted(fmt.Sprintf("    expect: ['%s']\n", strings.ReplaceAll(e, "'", "''")))
		}
	}
	for _, e := range repeats.Examples() {
		accepted("    repeat: " + e + "\n")
	}
	accepted("    expect: [all phones named SEP001BD4000000 are trusted within 5 minutes]\n")
}
