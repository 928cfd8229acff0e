//go:build unix

package cucm_test

import (
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
)

// What is no file, or has no end, is not read.
func TestStateOfWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	l := openLab(t, dir)
	require.NoError(t, l.Close())
	trust := dir + "/current/trust.pem"
	for says, put := range map[string]func() error{
		"trust.pem is not a regular file":             func() error { return syscall.Mkfifo(trust, 0o600) },
		"trust.pem is not a regular file, by a link":  func() error { return os.Symlink("/dev/zero", trust) },
		"trust.pem cannot be read: it is larger than": func() error { return sparse(trust, 1<<40) },
		"there are more than":                         func() error { return many(dir + "/current/many") },
	} {
		require.NoError(t, os.RemoveAll(trust))
		require.NoError(t, os.RemoveAll(dir+"/current/many"))
		require.NoError(t, put())
		_, err := cucm.Open(dir, l.Config)
		says, _, _ = strings.Cut(says, ",")
		require.ErrorContains(t, err, says)
	}
}
