// Package scaleout_test plays the examples of this directory in small. What each gives is the
// report of one process, but for what it cost.
package scaleout_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
)

// What is played in place of a night's millions.
const (
	scenario = "follow-by-tvs"
	phones   = "320"
	seed     = "7"
)

// build is what the examples build the program by, with CGO_ENABLED=0.
const build = "go build -o itlsim ./cmd/itlsim"

// itlsim is the program, which needs no files of a system.
var itlsim string

func TestMain(m *testing.M) { os.Exit(built(m)) }

func built(m *testing.M) int {
	if os.Getenv("ITLSIM_LONG") == "" {
		fmt.Println("to build the program takes long; ITLSIM_LONG=1 plays the examples")
		return 0
	}
	dir, err := os.MkdirTemp("", "itlsim-scale-out-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	itlsim = filepath.Join(dir, "itlsim")
	line := strings.Fields(strings.Replace(build, " itlsim ", " "+itlsim+" ", 1))
	cmd := exec.Command(line[0], line[1:]...)
	cmd.Dir, cmd.Env = "../..", append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%s", out)
		return 1
	}
	return m.Run()
}

// whole is the report of a process that plays all shards.
func whole(t *testing.T, shards int) map[string]any {
	t.Helper()
	file := filepath.Join(t.TempDir(), "whole.json")
	out, err := exec.Command(itlsim, "run", scenario, "--mode", "virtual", "--phones", phones, "--seed", seed,
		"--shards", strconv.Itoa(shards), "--quiet", "--json", file).CombinedOutput()
	require.NoError(t, err, string(out))
	return report(t, file)
}

// report reads one, without what differs between equal runs.
func report(t *testing.T, file string) map[string]any {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(text, &all))
	require.Equal(t, true, all["passed"])
	delete(all, "timing")
	delete(all, "command")
	return all
}

// checked lets a checker look at an example.
func checked(t *testing.T, program string, args ...string) {
	t.Helper()
	out, err := exec.Command(sftptest.Program(t, program), args...).CombinedOutput()
	require.NoError(t, err, string(out))
}

// bySSH plays 4 shards on hosts that an ssh reaches; it returns what was said, and the folder
// with what came.
func bySSH(t *testing.T, ssh, hosts string, run ...string) (said, dir string, err error) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "night")
	said, err = again(ssh, hosts, dir, run...)
	return said, dir, err
}

func again(ssh, hosts, dir string, run ...string) (said string, err error) {
	cmd := exec.Command("./ssh", append([]string{dir, hosts, "4"}, run...)...)
	cmd.Env = append(os.Environ(), "ITLSIM="+itlsim, "SSH="+ssh)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// small is the run in small, for ssh.
var small = []string{scenario, "--phones", phones, "--seed", seed}

// Two hosts, which are this machine by its sshd.
func TestOverSSH(t *testing.T) {
	t.Parallel()
	said, dir, err := bySSH(t, sshd(t), "alpha beta", small...)
	require.NoError(t, err, said)
	require.Equal(t, whole(t, 4), report(t, filepath.Join(dir, "report.json")))
	require.FileExists(t, filepath.Join(dir, "report.html"))
	require.FileExists(t, filepath.Join(dir, "junit.xml"))
}

// sshd is the command that reaches alpha and beta by a real one.
func sshd(t *testing.T) string {
	if os.Getuid() != 0 {
		sftptest.Missing(t, "an sshd that lets its user in needs root")
	}
	server, client := sftptest.Program(t, "sshd"), sftptest.Program(t, "ssh")
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	checked(t, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key)
	require.NoError(t, os.MkdirAll("/run/sshd", 0o755)) // for its separation of privileges
	// as inetd would start it, for each connection: so there is no port
	proxy := fmt.Sprintf("%s -i -f /dev/null -o HostKey=%s -o AuthorizedKeysFile=%s.pub -o StrictModes=no "+
		"-o UsePAM=no -o PermitRootLogin=prohibit-password", server, key, key)
	config := filepath.Join(dir, "config")
	require.NoError(t, os.WriteFile(config, fmt.Appendf(nil, "Host alpha beta\n  User root\n  IdentityFile %s\n"+
		"  IdentitiesOnly yes\n  StrictHostKeyChecking no\n  UserKnownHostsFile /dev/null\n  LogLevel ERROR\n"+
		"  ProxyCommand %s\n", key, proxy), 0o600))
	return client + " -F " + config + " -o BatchMode=yes"
}

// fake is a script in place of ssh: a host is a folder, of whose commands it is told.
func fake(t *testing.T, script string) string {
	t.Helper()
	dir := t.TempDir()
	path := filepath.Join(dir, "ssh")
	require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, "#!/usr/bin/env bash\n"+
		"mkdir -p %s/$1 && cd %s/$1\n%s\nexec bash -c \"$2\"\n", dir, dir, script), 0o777))
	return path
}

// A host that is not there and one that dies leave their shards to the third. The same line
// again plays what is missing.
func TestHostsGo(t *testing.T) {
	t.Parallel()
	ssh := fake(t, `
		[ "$1" != gone ] || exit 255
		[[ $1 != dying || $2 != *--shard* ]] || kill -9 $$`)
	said, dir, err := bySSH(t, ssh, "gone dying alpha", small...)
	require.NoError(t, err, said)
	require.Contains(t, said, "gone: cannot be reached\n")
	require.Regexp(t, `dying: shard \d ended with status 137, and is left to the others\n`, said)
	want := whole(t, 4)
	require.Equal(t, want, report(t, filepath.Join(dir, "report.json")))

	require.NoError(t, os.Remove(filepath.Join(dir, "2.part")))
	said, err = again(ssh, "alpha", dir, small...)
	require.NoError(t, err, said)
	require.Equal(t, 1, strings.Count(said, "alpha: shard "), said)
	require.Equal(t, want, report(t, filepath.Join(dir, "report.json")))

	said, _, err = bySSH(t, ssh, "gone dying", small...)
	require.ErrorContains(t, err, "exit status 3", said)
	require.Contains(t, said, "no host is left\n")
}

// A run that cannot go on ends the whole with its words; so does a mistake. A plan that is a
// file goes with what it names.
func TestWhatHostsSay(t *testing.T) {
	t.Parallel()
	ssh := fake(t, "")
	said, _, err := bySSH(t, ssh, "alpha beta", append(small, "--pace", "1s")...)
	require.ErrorContains(t, err, "exit status 3", said)
	require.Regexp(t, `(alpha|beta): itlsim: .*longer than a pace`, said)
	said, _, err = bySSH(t, ssh, "alpha beta", "bulk-rest")
	require.ErrorContains(t, err, "exit status 2", said)
	require.Contains(t, said, `did you mean "bulk-reset"?`)
	said, dir, err := bySSH(t, ssh, "alpha beta", "../fleet/tomorrow.yaml", "--phones", phones)
	require.NoError(t, err, said)
	require.Equal(t, "tomorrow", report(t, filepath.Join(dir, "report.json"))["scenario"])
}

// compiler is a PATH whose go gives what TestMain has built by that very command, and runs the
// suite of examples/regression where it stands.
func compiler(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	suite, err := filepath.Abs("../regression")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "go"), fmt.Appendf(nil, `#!/bin/sh
[ "$CGO_ENABLED go $*" = "0 %s" ] && exec cp %s itlsim
[ "$*" = "-C examples/regression test ./..." ] && exec %s -C %s test ./...
`, build, itlsim, sftptest.Program(t, "go"), suite), 0o777))
	return "PATH=" + dir + ":" + os.Getenv("PATH")
}

// A pipeline that GitLab's own rules take, played by gitlab-ci-local.
func TestGitLab(t *testing.T) {
	t.Parallel()
	dir := playsGitLab(t, t.TempDir(), "gitlab.yml",
		"--variable", "SCENARIO="+scenario, "--variable", "PHONES="+phones, "--variable", "SEED="+seed)
	require.Equal(t, whole(t, 8), report(t, filepath.Join(dir, "judge/report.json")))
}

// playsGitLab plays a pipeline on what is in dir, and returns where its jobs' artifacts are.
func playsGitLab(t *testing.T, dir, file string, args ...string) string {
	t.Helper()
	local := sftptest.Program(t, "gitlab-ci-local")
	sftptest.Program(t, "rsync") // which it copies by
	pipeline, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, ".gitlab-ci.yml"), pipeline, 0o666))
	for _, args := range [][]string{
		{"init", "-q"}, {"add", "."}, {"-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "all"},
		{"remote", "add", "origin", "git@gitlab.example:lab/itlsim.git"},
	} {
		checked(t, "git", append([]string{"-C", dir}, args...)...)
	}
	cmd := exec.Command(local, append([]string{"--force-shell-executor", "--home", dir}, args...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), compiler(t))
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return filepath.Join(dir, ".gitlab-ci-local/artifacts")
}
