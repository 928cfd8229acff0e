package docs

import (
	"path"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
	"github.com/yuin/goldmark/ast"

	"itlsim/scenarios"
)

// runBy are what runs the commands of a page, where TestPagesToPaste does not.
var runBy = map[string]string{
	"README.md":         ".ci/stranger",
	"docs/api.md":       "scenarios/api TestPage",
	"docs/scale-out.md": "examples/scale-out TestCommandsOfTheDocs",
	"docs/install.md":   ".ci/packages",
	labNetwork:          "TestLabNetwork",
}

// notRun begins a block of commands that no test runs, and says why.
const notRun = "# Not run by the tests: "

// Each block of a page says what it is, so that readers, and tests, know: commands to paste (sh)
// are run, a session (console) is, too, or says why not, YAML is understood.
func TestBlocksSayWhatTheyAre(t *testing.T) {
	found := make(map[string]int)
	for name, p := range pages(t) {
		each(p, func(b *ast.FencedCodeBlock) {
			lang, lines := string(b.Language(p.source)), string(b.Lines().Value(p.source))
			found[lang]++
			switch lang {
			case "sh", "console":
				_, run := pasted[strings.TrimPrefix(name, "docs/")]
				if !run && runBy[name] == "" && !strings.HasPrefix(lines, notRun) {
					t.Errorf("%s: no test runs, and nothing says why:\n%s", name, lines)
				}
			case "yaml":
				var is any
				require.NoError(t, yaml.Unmarshal([]byte(lines), &is), "%s:\n%s", name, lines)
				if whole, _ := is.(map[string]any); whole["steps"] != nil {
					_, err := scenarios.Load(path.Base(name), []byte(lines), nil)
					require.NoError(t, err, "%s:\n%s", name, lines)
				}
			case "go": // stands in a file that is compiled
				require.Contains(t, read(t, "../examples/regression/regression_test.go"), lines, name)
			case "text", "mermaid":
			default:
				t.Errorf("%s: a block of %q:\n%s", name, lang, lines)
			}
		})
		each(p, func(b *ast.CodeBlock) {
			t.Errorf("%s: a block without fences does not say what it is:\n%s", name, b.Lines().Value(p.source))
		})
	}
	for _, lang := range []string{"sh", "console", "yaml", "text"} {
		require.NotZero(t, found[lang], lang)
	}
}
