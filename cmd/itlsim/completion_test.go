package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
	"itlsim/internal/sftptest"
)

// typed are lines that a user types up to a tab, and what they are then.
var typed = []struct{ line, becomes string }{
	{"itlsim expl", "itlsim explain "},
	{"itlsim run recovery-key-p", "itlsim run recovery-key-procedure "},
	{"itlsim run x --mode vir", "itlsim run x --mode virtual "},
	{"itlsim run x --mode=vir", "itlsim run x --mode=virtual "},
	{"itlsim phones --tf", "itlsim phones --tftp "},
	{"itlsim phones --tftp 127.0.0.2 --model 9971,783", "itlsim phones --tftp 127.0.0.2 --model 9971,7832 "},
	{"itlsim help comple", "itlsim help completion "},
	{"itlsim completion fi", "itlsim completion fish "},
	{"itlsim show nightr", "itlsim show nightruns.tlv "},
	{"itlsim run x --json=nightr", "itlsim run x --json=nightruns.tlv "},
	{"itlsim serve --state emp", "itlsim serve --state empty/"},
	{"itlsim serve --no-auto", "itlsim serve --no-auto-registration "},
}

// fileDir is where names of files are completed.
func fileDir(t *testing.T) string {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "nightruns.tlv"), nil, 0o666))
	require.NoError(t, os.Mkdir(filepath.Join(dir, "empty"), 0o777))
	return dir
}

// Each shell, as people use it, completes what is typed at it.
func TestShellsComplete(t *testing.T) {
	shells := map[string][]string{
		"bash": {"bash --norc --noprofile -i", `bind 'set bell-style none'`,
			`shown() { echo "GOT<$READLINE_LINE>"; exit; }`, `bind -x '"\C-g": shown'`, `source <(itlsim completion bash)`},
		"zsh": {"zsh -f -i", `autoload -Uz compinit`, `compinit -u -D`, `setopt no_beep`,
			`shown() { print; print -r -- "GOT<$BUFFER>"; exit }`, `zle -N shown`, `bindkey '^G' shown`,
			`source <(itlsim completion zsh)`},
	}
	for name, setup := range shells {
		t.Run(name, func(t *testing.T) {
			sftptest.Program(t, name)
			t.Parallel()
			dir := fileDir(t)
			for i, line := range typed {
				if !build.Plays(i) {
					continue
				}
				got := typeAt(t, dir, setup, line.line)
				require.Equal(t, line.becomes, got, line.line)
			}
		})
	}
}

// typeAt starts a shell, has it set up, types a line and a tab, and returns what the line is then.
func typeAt(t *testing.T, dir string, setup []string, line string) string {
	var script strings.Builder
	script.WriteString("set timeout 60\nlog_user 0\nspawn " + setup[0] + "\n")
	for _, command := range append(setup[1:], `PS1="REA""DY> "`) {
		script.WriteString("send -- {" + command + "}\nsend \"\\r\"\n")
	}
	script.WriteString("expect -ex {READY> }\nsend -- {" + line + "}\nsend \"\\t\"\nsend \"\\007\"\n" +
		"expect -re {GOT<([^>]*)>\\r}\nputs $expect_out(1,string)\n")
	cmd := exec.CommandContext(t.Context(), sftptest.Program(t, "expect"), "-")
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, strings.NewReader(script.String()), os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	return strings.TrimSuffix(string(out), "\n")
}

// Fish tells itself what it completes.
func TestFishCompletes(t *testing.T) {
	fish, dir := sftptest.Program(t, "fish"), fileDir(t)
	for i, line := range typed {
		if !build.Plays(i) {
			continue
		}
		cmd := exec.CommandContext(t.Context(), fish, "--no-config", "-c",
			"itlsim completion fish | source; complete -C '"+line.line+"'")
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+t.TempDir())
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		found := strings.Split(strings.TrimSpace(string(out)), "\n")
		became := line.line
		if len(found) == 1 {
			word, _, _ := strings.Cut(found[0], "\t")
			became = line.line[:strings.LastIndex(line.line, " ")+1] + word
		}
		require.Equal(t, strings.TrimSpace(line.becomes), became, "%s: %s", line.line, out)
	}
}

// What is completed is what the parser knows: all flags of all commands, and all values of
// those that have certain ones.
func TestEverythingIsCompleted(t *testing.T) {
	parser := newParser(streams{io.Discard, io.Discard}, func(int) {})
	words := func(line ...string) (all []string) {
		for _, found := range complete(parser, line) {
			word, _, _ := strings.Cut(found, "\t")
			all = append(all, word)
		}
		return all
	}
	eachFlag(func(command *kong.Node, f *kong.Flag) {
		if command.Hidden {
			return
		}
		require.Contains(t, words(""), command.Name)
		require.Contains(t, words("help", ""), command.Name)
		require.Contains(t, words(command.Name, "-"), "--"+f.Name)
		if f.Enum != "" {
			require.Equal(t, enum(f.Value), words(command.Name, "--"+f.Name, ""))
		}
	})
	require.NotContains(t, words(""), "__complete")
	require.Contains(t, words("run", ""), "story")
	require.NotContains(t, words("run", "story", "--seed", "3", "-"), "--seed", "it has been given")
	require.Empty(t, words("run", "--nothing=x"))
}
