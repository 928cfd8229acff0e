package scenarios

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
	"itlsim/scenarios/inventory"
)

// A file that has too much of something is refused where that begins to be too much,
// before the parser sees it. (What it costs at most: internal/bounded.)
func TestLoadOfTooMuch(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	stairs := ""
	for i := range 40 {
		stairs += strings.Repeat(" ", i) + "a:\n"
	}
	keys := func(n int, form string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, form, i)
		}
		return b.String()
	}
	const deep = "this stands in more lists and mappings than any part of a scenario"
	const wide = "the mapping has more keys than any part of a scenario"
	for _, c := range []struct{ name, file, says string }{
		{"lists", strings.Repeat("[", 32000), "1:33: " + deep},
		{"lists, line by line", strings.Repeat("[\n", 32000), "33:1: " + deep},
		{"mappings", strings.Repeat("{a: ", 32000), "1:129: " + deep},
		{"entries", strings.Repeat("- ", 32000), "1:65: " + deep},
		{"complex keys", strings.Repeat("? ", 32000), "1:65: " + deep},
		{"indents", stairs, "33:34: " + deep},
		{"keys", keys(70, "k%d: a\n"), "65:4: " + wide},
		{"keys of lists", keys(70, "k%d:\n- a\n"), "129:4: " + wide},
		{"keys in braces", "{" + keys(70, "k%d: a, ") + "}", wide},
		{"keys of keys", "a:\n" + keys(70, "  k%d: {a: b}\n"), "66:6: " + wide},
		{"lists as keys", keys(70, "[a, a]: b\n[%d]: c\n"), wide},
		{"anchors", "- &a b\n", "1:3: scenarios have neither anchors nor aliases"},
		{"aliases", "a:\n  - *b\n", "2:5: scenarios have neither anchors nor aliases"},
		{"tags", "a: !!str b\n", "1:4: scenarios have no tags"},
		{"words", strings.Repeat("- a\n", 60_000), "the file has more than 100000 words, values and signs"},
		{"bytes", strings.Repeat("#\n", 600_000), "1:1: it is larger than 1048576 bytes"},
		{"a word", "name: a\nphones:\n- group: a\n  count: 1\nsteps:\n- expect: " + strings.Repeat("x", 1_000_000),
			strings.Repeat("x", 1900)},
	} {
		began := time.Now()
		_, err := Load("a.yaml", []byte(c.file), nil)
		require.ErrorContains(t, err, c.says, c.name)
		require.ErrorContains(t, err, "a.yaml:")
		require.Less(t, len(err.Error()), 10*2100, c.name)
		require.Less(t, time.Since(began), time.Minute, "%s, which takes milliseconds", c.name)
	}
	// long, wide and deep, and nothing of it too much
	_, err := Load("a.yaml", []byte("name: a\nshows: b\nphones:\n- group: a\n  count: 1\nsteps:\n- do:\n"+
		strings.Repeat("  - phones: power on\n", 10_000)+strings.Repeat("- {step: [[[a]]]}\n", 1)), nil)
	require.ErrorContains(t, err, "a.yaml:10008:10: one word or sentence is wanted here")
}

// A scenario's file may be no file, and what it names may be large.
func TestLoadFileOfTooMuch(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	link := filepath.Join(t.TempDir(), "a.yaml")
	require.NoError(t, os.Symlink("/dev/zero", link))
	_, err := LoadFile(link)
	require.EqualError(t, err, link+":1:1: it is larger than 1048576 bytes")

	half := &fstest.MapFile{Data: make([]byte, inventory.MaxExport/2+1)}
	_, err = Load("a.yaml", []byte("name: a\nshows: b\nphones:\n- group: a\n  count: 1\n  lists: [a.tlv, b.tlv, a.tlv]\n"+
		"steps:\n- step: a\n"), fstest.MapFS{"a.tlv": half, "b.tlv": half})
	require.ErrorContains(t, err, "a.yaml:6:11: a.tlv is not a trust list")
	require.ErrorContains(t, err, "a.yaml:6:18: the files that a scenario names have at most 268435456 bytes together")
}

// Of a file that is wrong throughout the first problems are told.
func TestLoadStopsAtEnoughProblems(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	var b strings.Builder
	b.WriteString("name: a\nshows: b\nphones:\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "- group: g%d\n  count: 1\n", i)
	}
	b.WriteString("steps:\n- do:\n" + strings.Repeat("  - phones of gx: power off\n", 5000))
	_, err := Load("a.yaml", []byte(b.String()), nil)
	var problems Problems
	require.ErrorAs(t, err, &problems)
	require.Len(t, problems, mostProblems)
}
