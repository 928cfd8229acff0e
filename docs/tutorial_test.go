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
)

var rewrite = flag.Bool("update", false, "write outputs in tutorial.md anew, where they differ")

// fenced is a block of commands or of what they print.
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

// Whoever pastes the blocks of the tutorial into a shell, one after the other, sees what the
// page shows. A line … there stands for any lines.
func TestTutorial(t *testing.T) {
	page := read(t, "tutorial.md")
	dir := t.TempDir()
	var printed []byte
	shown := 0
	page = fenced.ReplaceAllStringFunc(page, func(block string) string {
		parts := fenced.FindStringSubmatch(block)
		if parts[1] == "sh" {
			printed = paste(t, dir, parts[2])
			return block
		}
		shown++
		if reads(parts[2], string(printed)) {
			return block
		}
		assert.True(t, *rewrite, "shown:\n%s\nbut printed is:\n%s", parts[2], printed)
		return "```text\n" + string(printed) + "```\n"
	})
	require.Greater(t, shown, 5, "blocks of output")
	if *rewrite {
		require.NoError(t, os.WriteFile("tutorial.md", []byte(page), 0o644))
	}
}

// paste runs the lines in a shell, as in a clone's folder, and returns what they print.
func paste(t *testing.T, dir, lines string) []byte {
	t.Helper()
	here, err := filepath.Abs("..")
	require.NoError(t, err)
	built := strings.Replace(lines, "go build -o itlsim ./", "go build -C "+here+" -o "+dir+"/itlsim ./", 1)
	cmd := exec.Command("bash", "-euo", "pipefail", "-c", built)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s\n%s", lines, out)
	return out
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
