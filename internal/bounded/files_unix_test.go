//go:build unix

package bounded_test

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/internal/bounded"
	"itlsim/internal/cause"
)

// Files, pipes, links and devices are read up to the limit. Of what has no end, or has
// one far away, no more is read than there is room for.
func TestReadFile(t *testing.T) {
	const most = 1 << 20
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	for name, size := range map[string]int{"empty": 0, "fits": most, "more": most + 1} {
		require.NoError(t, os.WriteFile(at(name), make([]byte, size), 0o600))
	}
	require.NoError(t, os.WriteFile(at("hole"), nil, 0o600))
	require.NoError(t, os.Truncate(at("hole"), 1<<40))
	require.NoError(t, os.Symlink("/dev/zero", at("endless")))
	require.NoError(t, syscall.Mkfifo(at("pipe"), 0o600))
	go func() {
		to, err := os.OpenFile(at("pipe"), os.O_WRONLY, 0)
		if err == nil {
			_, _ = io.WriteString(to, "from a pipe")
			to.Close()
		}
	}()
	for _, c := range []struct {
		name, says string
		size       int
	}{
		{"empty", "", 0},
		{"fits", "", most},
		{"pipe", "", 11},
		{"more", at("more") + " cannot be read: it is larger than 1048576 bytes", 0},
		{"hole", at("hole") + " cannot be read: it is larger than 1048576 bytes", 0},
		{"endless", at("endless") + " cannot be read: it is larger than 1048576 bytes", 0},
		{"none", at("none") + " cannot be opened: no such file or directory", 0},
		{".", dir + " cannot be read: is a directory", 0},
	} {
		var data []byte
		var err error
		took := allocated(func() { data, err = bounded.ReadFile(at(c.name), most) })
		require.Less(t, took, uint64(8*most), c.name)
		if c.says != "" {
			require.Error(t, err, c.name)
			require.Equal(t, c.says, cause.Of(err))
			continue
		}
		require.NoError(t, err, c.name)
		require.Len(t, data, c.size, c.name)
	}
	_, err := bounded.ReadFile("/dev/zero", 1<<40)
	require.ErrorContains(t, err, "larger than 1048576 bytes")
	_, err = bounded.ReadFS(os.DirFS(dir), "more", most)
	require.ErrorAs(t, err, new(*bounded.TooLargeError))
}
