// Package reference keeps the pages of docs/reference, which the program itself makes: a test of
// the package that knows what a page says writes it with -update, and fails while it is not so.
package reference

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Keep requires that docs/reference/NAME.md is the page; where rewrite is true it makes it so.
func Keep(t *testing.T, rewrite bool, name, page string) {
	t.Helper()
	root, err := os.Getwd()
	require.NoError(t, err)
	for ; ; root = filepath.Dir(root) {
		if _, err := os.Stat(filepath.Join(root, "docs/reference")); err == nil {
			break
		}
		require.NotEqual(t, root, filepath.Dir(root), "there is no docs/reference")
	}
	path := filepath.Join(root, "docs/reference", name+".md")
	if rewrite {
		require.NoError(t, os.WriteFile(path, []byte(page), 0o666))
		return
	}
	is, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, page, string(is), "go test -run %s -update writes docs/reference/%s.md", t.Name(), name)
}

// Table is a table in Markdown, whose cells may have code between backquotes.
func Table(head []string, rows ...[]string) string {
	var b strings.Builder
	line := func(cells []string) {
		for _, c := range cells {
			b.WriteString("| " + Text(c) + " ")
		}
		b.WriteString("|\n")
	}
	line(head)
	b.WriteString(strings.Repeat("|---", len(head)) + "|\n")
	for _, row := range rows {
		line(row)
	}
	return b.String()
}

// Text is plain text on one line of Markdown, or of a table's cell. What stands between
// backquotes is code.
func Text(plain string) string {
	parts := strings.Split(strings.Join(strings.Fields(plain), " "), "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.NewReplacer("<", `\<`, "*", `\*`, "_", `\_`, "[", `\[`).Replace(parts[i])
	}
	return strings.ReplaceAll(strings.Join(parts, "`"), "|", `\|`)
}
