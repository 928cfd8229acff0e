package docs

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// dependencies.md has each direct module, tool, Node package and program of CI, and no module
// that is gone.
func TestDependenciesAreJustified(t *testing.T) {
	page := read(t, "dependencies.md")
	var all []string
	direct := regexp.MustCompile(`(?m)^\t(\S+) v\S+$`)
	for _, m := range direct.FindAllStringSubmatch(read(t, "../go.mod"), -1) {
		all = append(all, m[1])
	}
	for _, m := range regexp.MustCompile(`(?m)^\t(\S+)$`).FindAllStringSubmatch(read(t, "../.ci/checks.mod"), -1) {
		module, _, _ := strings.Cut(m[1], "/cmd") // the tool's
		all = append(all, module)
	}
	programs, _, _ := strings.Cut(read(t, "../.ci/run"), "done\n")
	for _, m := range regexp.MustCompile(`[a-z0-9.-]+:([a-z0-9-]+)`).FindAllStringSubmatch(programs, -1) {
		all = append(all, m[1])
	}
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.Name() == "node_modules" {
			return err
		}
		if d.Name() == "package.json" {
			var p struct{ Dependencies map[string]string }
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			require.NoError(t, json.Unmarshal(data, &p))
			for name := range p.Dependencies {
				all = append(all, name)
			}
		}
		return nil
	}))
	require.Greater(t, len(all), 60)
	for _, name := range all {
		short := name
		if owner, rest, ok := strings.Cut(strings.TrimPrefix(name, "github.com/"), "/"); ok && strings.Contains(page, owner) {
			short = rest
		}
		if name != "node-expat" && !strings.Contains(page, "`"+name) && !strings.Contains(page, "`"+short+"`") {
			t.Errorf("dependencies.md does not say what %s is for", name)
		}
	}
	modules := read(t, "../go.mod") + read(t, "../.ci/checks.mod")
	for _, m := range regexp.MustCompile("(?m)^\\| `([a-z.]+\\.[a-z]+/[^`]+)`").FindAllStringSubmatch(page, -1) {
		require.Contains(t, modules, m[1], "it is gone")
	}
}
