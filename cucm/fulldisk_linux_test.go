package cucm_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// On a full disk a change is not made, a backup leaves the earlier one, and nothing of
// either takes room; with room again both are.
func TestFullDisk(t *testing.T) {
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a small disk cannot be mounted: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(disk, 0)) })
	dir := filepath.Join(disk, "state")
	l := openLab(t, dir)
	defer func() { l.Close() }()
	l.Must(l.Pub, "utils disaster_recovery backup nightly")
	fill(t, filepath.Join(disk, "filler"))

	before, kept := l.Snapshot(), tree(t, dir)
	_, err := l.Types(l.Pub, "set cert regen TVS", "yes")
	require.ErrorContains(t, err, "he change could not be kept, so it is not made")
	require.ErrorContains(t, err, "no space is left on the disk; make room there and do it again")
	_, err = l.Types(l.Pub, "utils disaster_recovery backup nightly")
	require.ErrorContains(t, err, "no space is left on the disk")
	require.Empty(t, cmp.Diff(before, l.Snapshot()))
	require.Equal(t, kept, tree(t, dir))
	require.NoError(t, l.Close())
	l = openLab(t, dir) // it comes up on a full disk, too

	require.NoError(t, os.Remove(filepath.Join(disk, "filler")))
	l.Must(l.Pub, "set cert regen TVS", "yes")
	l.Must(l.Pub, "utils disaster_recovery backup nightly")
	l.Must(l.Pub, "utils disaster_recovery restore nightly", "y")
}

// fill takes all the room of a disk.
func fill(t *testing.T, name string) {
	t.Helper()
	f, err := os.Create(name)
	require.NoError(t, err)
	defer f.Close()
	for block := make([]byte, 512); err == nil; {
		_, err = f.Write(block)
	}
	require.ErrorIs(t, err, unix.ENOSPC)
}
