package cucmtest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// Golden is what a command prints in a transcript of testdata/golden. root is the
// module's directory.
func Golden(t *testing.T, root, name, command string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "testdata", "golden", name))
	require.NoError(t, err)
	_, text, found := strings.Cut(string(data), "admin:"+command)
	require.True(t, found, "%s has no %q", name, command)
	text, _, _ = strings.Cut(text, "admin:")
	return text
}

// Fold folds the white space of lines and drops rules of dashes, as the README of
// testdata/golden says to compare transcripts.
func Fold(text string) []string {
	var lines []string
	for line := range strings.Lines(text) {
		if line = strings.Join(strings.Fields(line), " "); strings.Trim(line, "- ") != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

// SamePrinted compares what a command printed with its transcript, which begins with
// the end of the line that was typed: byte for byte, blank lines included.
func SamePrinted(t *testing.T, want, got string) {
	t.Helper()
	require.Empty(t, cmp.Diff(strings.Split(want, "\n"), strings.Split("\n"+got, "\n")))
}

var (
	// hexRow is a row of a signature, of which a golden dump lacks one.
	hexRow = regexp.MustCompile(`^([0-9a-f]{1,2} ){7}[0-9a-f]{1,2}$`)
	// varies matches what is different in every cluster.
	varies = regexp.MustCompile(`[0-9a-f]{32,}|([0-9A-F]{2}[: ]){15,}[0-9A-F]{2}|` +
		`ITLRECOVERY_[a-z0-9.]*|CAPF-[0-9a-f]{8}|modified on .*`)
)

// SameListing compares texts of `show itl` but for what is different in every
// cluster.
func SameListing(t *testing.T, want, got string) {
	t.Helper()
	masked := func(text string) (lines []string) {
		for _, line := range Fold(text) {
			if !hexRow.MatchString(line) {
				lines = append(lines, varies.ReplaceAllString(line, "*"))
			}
		}
		return lines
	}
	require.Empty(t, cmp.Diff(masked(want), masked(got)))
}
