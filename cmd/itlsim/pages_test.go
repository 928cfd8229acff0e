package main

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	// commandLine is one in a page: the command, and what follows it up to the end of the code,
	// of the line, or of the command in a shell.
	commandLine = regexp.MustCompile("itlsim ([a-z]+)\\b((?:[^`\n|&;#]|\\\\\n)*)")
	codeOfPage  = regexp.MustCompile("(?s)```.*?```|`[^`\n]+`")
	flagOfLine  = regexp.MustCompile(`(?:^|[\s\[(])--([a-z][a-z-]*)`)
)

// Commands and flags that pages have in code are there, also in those that no test runs.
func TestPagesHaveCommandsThatThereAre(t *testing.T) {
	flags := make(map[string]map[string]bool)
	for _, c := range newParser(streams{io.Discard, io.Discard}, func(int) {}).Model.Leaves(true) {
		flags[c.Name] = map[string]bool{"help": true}
		for _, f := range append(c.Flags, c.Parent.Flags...) {
			flags[c.Name][f.Name] = true
			flags[c.Name]["no-"+f.Name] = f.Tag.Negatable != ""
		}
	}
	found := 0
	check := func(page, text string) {
		for _, code := range codeOfPage.FindAllString(text, -1) {
			for _, line := range commandLine.FindAllStringSubmatch(code, -1) {
				has, there := flags[line[1]]
				if !there {
					t.Errorf("%s: there is no command %q in %q", page, line[1], line[0])
				}
				for _, f := range flagOfLine.FindAllStringSubmatch(line[2], -1) {
					found++
					if there && !has[f[1]] {
						t.Errorf("%s: itlsim %s has no flag --%s", page, line[1], f[1])
					}
				}
			}
		}
	}
	require.NoError(t, filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err == nil && filepath.Ext(path) == ".md" && !strings.HasSuffix(path, "CHANGELOG.md") { // it tells what was
			text, err := os.ReadFile(path)
			require.NoError(t, err)
			check(path, string(text))
		}
		return err
	}))
	require.Greater(t, found, 100, "flags found")
}
