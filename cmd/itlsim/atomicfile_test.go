package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A link, /dev/stdout among them, is written through and not replaced; a new file
// is as readable as any other that the user makes.
func TestAtomicFile(t *testing.T) {
	dir := t.TempDir()
	name, link := filepath.Join(dir, "r.json"), filepath.Join(dir, "link")
	require.NoError(t, os.Symlink(name, link))
	for _, to := range []string{name, link} {
		f, err := createAtomic(to, 0o666)
		require.NoError(t, err)
		_, err = io.WriteString(f, to)
		require.NoError(t, err)
		require.NoError(t, f.finish())
		got, err := os.ReadFile(name)
		require.NoError(t, err)
		require.Equal(t, to, string(got))
	}
	to, err := os.Readlink(link)
	require.NoError(t, err)
	require.Equal(t, name, to)

	plain := filepath.Join(dir, "plain")
	require.NoError(t, os.WriteFile(plain, nil, 0o666))
	want, err := os.Stat(plain)
	require.NoError(t, err)
	got, err := os.Stat(name)
	require.NoError(t, err)
	require.Equal(t, want.Mode(), got.Mode())
}
