// Package docs checks what the documents here say about the code.
package docs

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/scenarios"
)

// cited are the spellings by which comments cite a source that has a number.
var cited = regexp.MustCompile(`\b(?:M(?:[1-9]|1[0-9]|2[0-9])\b|RFC [0-9]+|CSC[a-z]{2}[0-9]{5}|` +
	`technotes? [0-9]{6}(?: and [0-9]{6})?)`)

// rowOrCase is a first cell of their tables.
var rowOrCase = regexp.MustCompile(`^ [MR][0-9]+ $`)

var number = regexp.MustCompile(`M?[0-9]+$|[0-9]{6}|CSC.*`)

// Whatever row, technote, RFC or defect the code cites stands in sources.md.
func TestEverySourceCitedIsListed(t *testing.T) {
	sources := read(t, "sources.md")
	found := 0
	require.NoError(t, filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" && filepath.Ext(path) != ".yaml" {
			return err
		}
		for _, citation := range cited.FindAllString(read(t, path), -1) {
			found++
			for _, id := range number.FindAllString(citation, -1) {
				if !regexp.MustCompile(`\b` + id + `\b`).MatchString(sources) {
					t.Errorf("%s cites %s, which docs/sources.md does not list", path, citation)
				}
			}
		}
		return nil
	}))
	require.Greater(t, found, 100, "citations found")
}

// The scenarios of each row and case are those that name it. A case without any says
// that it is not there yet.
func TestScenariosOfEachRow(t *testing.T) {
	byRow := make(map[string][]string)
	for _, s := range scenarios.Builtin() {
		for _, row := range s.Rows {
			byRow[row] = append(byRow[row], s.Name)
		}
	}
	listed := make(map[string][]string)
	for line := range strings.Lines(read(t, "sources.md")) {
		cells := strings.Split(line, "|")
		if len(cells) != 6 || !rowOrCase.MatchString(cells[1]) {
			continue
		}
		row := strings.TrimSpace(cells[1])
		if row == "M24" { // is about uses, not scenarios
			continue
		}
		without := strings.HasPrefix(cells[4], " not yet: ")
		require.Equal(t, without, len(byRow[row]) == 0, "%s has no scenario, or says so", row)
		var names []string
		for _, name := range regexp.MustCompile("`([a-z0-9.-]+)`").FindAllStringSubmatch(cells[4], -1) {
			names = append(names, name[1])
		}
		listed[row] = names
	}
	require.Len(t, listed, 23+16)
	for _, row := range slices.Sorted(maps.Keys(listed)) {
		require.ElementsMatch(t, byRow[row], listed[row], "scenarios of %s", row)
	}
}

// The plans of examples/ are those that the page on writing scenarios lists.
func TestPlansAreListed(t *testing.T) {
	page, plans := read(t, "writing-scenarios.md"), 0
	require.NoError(t, filepath.WalkDir("../examples", func(path string, d fs.DirEntry, err error) error {
		if path == "../examples/regression" {
			return fs.SkipDir // a suite of tests
		}
		if err == nil && filepath.Ext(path) == ".yaml" {
			plans++
			require.Contains(t, page, "| ["+strings.TrimPrefix(path, "../examples/")+"]("+path+") |")
		}
		return err
	}))
	require.GreaterOrEqual(t, plans, 6)
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(data)
}
