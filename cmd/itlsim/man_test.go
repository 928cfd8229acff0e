package main

import (
	"bytes"
	"io"
	"os/exec"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
	"itlsim/internal/sftptest"
)

// Every command has a page that the programs which show pages have nothing to say about, and
// that tells of all its flags.
func TestManualPages(t *testing.T) {
	pages := [][]string{{"man"}}
	for _, command := range newParser(streams{io.Discard, io.Discard}, func(int) {}).Model.Leaves(true) {
		pages = append(pages, []string{"man", command.Name})
	}
	for i, page := range pages {
		if !build.Plays(i) {
			continue
		}
		var out bytes.Buffer
		require.Zero(t, run(page, streams{&out, io.Discard}))
		lint := exec.CommandContext(t.Context(), sftptest.Program(t, "mandoc"), "-T", "lint", "-W", "warning")
		lint.Stdin = bytes.NewReader(out.Bytes())
		said, err := lint.CombinedOutput()
		if !undated.Match(said) { // as tests are, and what is built of a commit is not
			require.NoError(t, err, "%v: %s\n%s", page, said, out.String())
		}
		show := exec.CommandContext(t.Context(), "mandoc", "-T", "ascii", "-O", "width=400")
		show.Stdin = bytes.NewReader(out.Bytes())
		shown, err := show.Output()
		require.NoError(t, err)
		plain := unstruck(shown)
		if len(page) == 1 {
			require.Contains(t, plain, "ITLSIM(1)")
			require.Contains(t, plain, "itlsim-compare(1)")
			require.Contains(t, plain, "130")
			continue
		}
		for _, f := range commandFlags(page[1]) {
			require.Contains(t, plain, "--"+f.Name, page)
		}
	}
	require.Equal(t, exitUsage, run([]string{"man", "blah"}, streams{io.Discard, io.Discard}))
}

// undated is what mandoc says of a page that has no date, where it says no more.
var undated = regexp.MustCompile(`^mandoc: <stdin>:[0-9:]+ WARNING: missing date, using "": TH\n$`)

// unstruck is a page as mandoc prints it, without the letters that are struck twice.
func unstruck(page []byte) string {
	var plain []byte
	for _, c := range page {
		if c == '\b' {
			plain = plain[:len(plain)-1]
		} else {
			plain = append(plain, c)
		}
	}
	return string(plain)
}
