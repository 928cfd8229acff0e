package docs

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

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
	printed, last := strings.Split(string(out), mark), ""
	require.NoError(t, err, "%s: block of sh %d ends with:\n%s", page, len(printed), tail(printed[len(printed)-1], 10))

	var rewritten strings.Builder
	done := 0
	for _, at := range fenced.FindAllStringSubmatchIndex(text, -1) {
		kind, shown := text[at[2]:at[3]], text[at[4]:at[5]]
		rewritten.WriteString(text[done:at[0]])
		done = at[1]
		if kind == "sh" {
			last, printed = printed[0], printed[1:]
		} else if line, want, got, differ := difference(shown, last); differ {
			if !*rewrite {
				t.Errorf("%s:%d: shown is %q, printed %q", page, strings.Count(text[:at[4]], "\n")+line, want, got)
			}
			shown = last
		}
		rewritten.WriteString("```" + kind + "\n" + shown + "```\n")
	}
	if *rewrite {
		require.NoError(t, os.WriteFile(page, []byte(rewritten.String()+text[done:]), 0o644))
	}
}

// What a page shows and a command does not print is told by its line.
func TestDifference(t *testing.T) {
	const printed = "one\n80 boots in 2 s\nTFTP  96 files\n\ntwo\nthree\n"
	for shown, want := range map[string][2]string{
		"…\ntwo\nthree\n": {}, "one\n81 boots in 3 s\nTFTP  95 files\n\ntwo\n…\n": {},
		"one\n…\ntow\n…\n": {"tow", "80 boots"}, "two\n": {"two", "one"}, "…\ntwo\n": {"the end", "three"},
		"one\n1 boots in 3 s\nTFTP  1 files\n\ntow\n": {"tow", "two"}, "…\nthree\nfour\n": {"four", ""},
	} {
		line, is, got, differ := difference(shown, printed)
		require.Equal(t, want[0] != "", differ, shown)
		require.Equal(t, want[0], is, shown)
		require.True(t, strings.HasPrefix(got, strings.Replace(want[1], "80 boots", "STATISTICS", 1)), "%s: %s", shown, got)
		if differ && want[0] != "the end" {
			require.Equal(t, want[0], strings.Split(shown, "\n")[line-1])
		}
	}
}

// tail is the end of a text, at most so many lines.
func tail(text string, lines int) string {
	all := strings.SplitAfter(text, "\n")
	return strings.Join(all[max(0, len(all)-lines):], "")
}

// difference is the first line of what is shown, from 1, that the output does not have there, and what
// it has instead; what varies is no difference.
func difference(shown, output string) (line int, want, got string, differ bool) {
	output = steady(output)
	pattern, rest := "^", output
	for each := range strings.Lines(steady(shown) + "\x00\n") {
		line++
		want = strings.TrimSuffix(each, "\n")
		switch want {
		case "…":
			pattern += `(?:.*\n)*?`
			continue
		case "\x00":
			pattern, want = pattern+"$", "the end"
		default:
			pattern += regexp.QuoteMeta(each)
		}
		found := regexp.MustCompile(pattern).FindString(output)
		if found == "" && !regexp.MustCompile(pattern).MatchString(output) {
			if at := strings.Index(shown, each); at >= 0 { // what varies may take several lines
				line = 1 + strings.Count(shown[:at], "\n")
			}
			got, _, _ = strings.Cut(rest, "\n")
			return line, want, got, true
		}
		rest = output[len(found):]
	}
	return 0, "", "", false
}
