package docs

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
)

var rewrite = flag.Bool("update", false, "write outputs in pages anew, where they differ from what is printed")

// pasted are the pages whose blocks of sh are there to be pasted into a shell, and a command
// that succeeds where there is what they need beside itlsim.
var pasted = map[string]string{
	"tutorial.md":                "true",
	"how-to/rehearse-a-night.md": "true",
	"how-to/regression-suite.md": "true",
	"how-to/python.md":           "python3 -c 'import pytest'",
}

// fenced is a block of commands, or of what the commands before it print.
var fenced = regexp.MustCompile("(?s)```(sh|text)\n(.*?)```\n")

// varies is what differs between two runs on the wire: times and rates, checksums and serial
// numbers of new keys, and how an operating system's network fared.
var varies = []struct {
	what *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`(?m)^ *\d+ (?:s|min|h|min \d+ s)(( +[\d,]+){5})$`), "TIME$1"},
	{regexp.MustCompile(`(?m)^[\d,]+ boots in .*\n(?:.+\n)*`), "STATISTICS\n"},
	{regexp.MustCompile(`\b[0-9a-f]{40}\b`), "CHECKSUM"},
	{regexp.MustCompile(`\b[0-9A-F]{30,40}\b`), "SERIAL"},
}

func steady(output string) string {
	for _, v := range varies {
		output = v.what.ReplaceAllString(output, v.with)
	}
	return output
}

// Whoever pastes the blocks of a page into a shell, one after the other, sees what it shows. A
// line … there stands for any lines.
func TestPagesToPaste(t *testing.T) {
	bin := t.TempDir()
	out, err := exec.Command("go", "build", "-o", bin, "../cmd/itlsim").CombinedOutput()
	require.NoError(t, err, string(out))
	require.NoError(t, os.Symlink("/usr/bin/python3", filepath.Join(bin, "python3"))) // that of the packages
	t.Setenv("PATH", bin+":"+os.Getenv("PATH"))
	t.Setenv("PYTHONDONTWRITEBYTECODE", "1")
	for page, needs := range pasted {
		t.Run(page, func(t *testing.T) {
			if out, err := exec.Command("bash", "-c", needs).CombinedOutput(); err != nil {
				sftptest.Missing(t, string(out))
			}
			paste(t, page, bin)
		})
	}
}

// paste pastes the blocks of a page, and compares what they print with what it shows.
func paste(t *testing.T, page, bin string) {
	t.Helper()
	const mark = "\x1e"
	text := read(t, page)
	var lines strings.Builder
	lines.WriteString("trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n")
	for _, block := range fenced.FindAllStringSubmatch(text, -1) {
		if block[1] == "sh" {
			lines.WriteString(strings.Replace(block[2], "go build -o itlsim ./cmd/itlsim", "cp "+bin+"/itlsim .", 1))
			lines.WriteString("printf '" + mark + "'\n")
		}
	}
	dir := t.TempDir()
	examples, err := filepath.Abs("../examples")
	require.NoError(t, err)
	require.NoError(t, os.Symlink(examples, filepath.Join(dir, "examples")))
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", lines.String())
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))

	printed, last := strings.Split(string(out), mark), ""
	text = fenced.ReplaceAllStringFunc(text, func(block string) string {
		parts := fenced.FindStringSubmatch(block)
		if parts[1] == "sh" {
			last, printed = printed[0], printed[1:]
			return block
		}
		if reads(parts[2], last) {
			return block
		}
		assert.True(t, *rewrite, "shown:\n%s\nbut printed is:\n%s", parts[2], last)
		return "```text\n" + last + "```\n"
	})
	if *rewrite {
		require.NoError(t, os.WriteFile(page, []byte(text), 0o644))
	}
}

// reads says whether the output is what is shown, but for what varies.
func reads(shown, output string) bool {
	var pattern strings.Builder
	for line := range strings.Lines(steady(shown)) {
		if line == "…\n" {
			pattern.WriteString(`(?:.*\n)*`)
		} else {
			pattern.WriteString(regexp.QuoteMeta(line))
		}
	}
	return regexp.MustCompile(`^` + pattern.String() + `$`).MatchString(steady(output))
}
