package docs

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/sftptest"
)

// .ci/api fails for a change that breaks users until the changelog names it.
func TestIncompatibleChangesAreNamed(t *testing.T) {
	sftptest.Program(t, "git")
	sftptest.Program(t, "apidiff")
	repo := t.TempDir()
	write := func(name, text string) {
		require.NoError(t, os.MkdirAll(filepath.Join(repo, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(repo, name), []byte(text), 0o755))
	}
	git := func(args ...string) {
		args = append([]string{"-C", repo, "-c", "user.name=n", "-c", "user.email=n@example.com"}, args...)
		out, err := exec.Command("git", args...).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
	check := func() (string, error) {
		out, err := exec.Command(filepath.Join(repo, ".ci/api")).CombinedOutput()
		return string(out), err
	}
	for _, script := range []string{".ci/api", ".ci/strict"} {
		write(script, read(t, "../"+script))
	}
	write("go.mod", "module example.com/cars\n\ngo 1.26\n")
	write("speed/speed.go", "package speed\n\ntype Car struct{}\n\nfunc (*Car) Stop() {}\n")
	write("gone/gone.go", "package gone\n")
	write("CHANGELOG.md", "# Changelog\n\n## Unreleased\n\n## v1.0.0\n\n- `speed.Car.Stop` is there.\n")
	git("init", "-q")
	git("add", "-A")
	git("commit", "-qm", "first")
	said, err := check()
	require.NoError(t, err, said)
	require.Contains(t, said, "no release tag")

	git("tag", "v1.0.0")
	write("speed/speed.go", "package speed\n\ntype Car struct{}\n\nfunc (*Car) Stop() {}\nfunc (*Car) Go() {}\n")
	said, err = check()
	require.NoError(t, err, said)
	require.Contains(t, said, "./speed.(*Car).Go: added")

	write("speed/speed.go", "package speed\n\ntype Car struct{}\n\nfunc (*Car) Stop() error { return nil }\n")
	require.NoError(t, os.RemoveAll(filepath.Join(repo, "gone")))
	said, err = check()
	require.Error(t, err, said)
	require.Contains(t, said, "./speed.(*Car).Stop: changed from func() to func() error")
	require.Contains(t, said, "CHANGELOG.md does not name speed.Car.Stop under Unreleased")
	require.Contains(t, said, "CHANGELOG.md does not name gone under Unreleased")

	write("CHANGELOG.md", "## Unreleased\n\n- `speed.Car.Stop` may fail. The package `gone` is gone.\n\n## v1.0.0\n")
	said, err = check()
	require.NoError(t, err, said)
}
