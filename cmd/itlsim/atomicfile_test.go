package main

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// A link stays, and the file that it leads to is replaced once it is whole; a new file
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

// What goes with the program is removed only as long as it is the file that was written:
// neither a later one of its name, nor what was written through.
func TestReadyFileOfSomebodyElse(t *testing.T) {
	name := filepath.Join(t.TempDir(), "ready.json")
	write := func() *ready {
		f, err := createReady(name)
		require.NoError(t, err)
		r := &ready{}
		require.NoError(t, r.write(f))
		return r
	}
	first := write()
	transient.remove(first.file)
	require.NoFileExists(t, name)

	first = write()
	require.NoError(t, os.Remove(name))
	require.NoError(t, os.WriteFile(name, []byte("another one's"), 0o600))
	transient.remove(first.file)
	require.FileExists(t, name)

	name = os.DevNull
	require.Empty(t, write().file, "which nobody removes")
}

// A report is not there before it is whole, by a link neither.
func TestAtomicFileByALink(t *testing.T) {
	dir := t.TempDir()
	name, link := filepath.Join(dir, "r.json"), filepath.Join(dir, "link")
	require.NoError(t, os.WriteFile(name, []byte("earlier"), 0o600))
	require.NoError(t, os.Symlink("r.json", link))
	f, err := createAtomic(link, 0o666)
	require.NoError(t, err)
	_, err = io.WriteString(f, "half of")
	require.NoError(t, err)
	f.abandon()
	got, err := os.ReadFile(link)
	require.NoError(t, err)
	require.Equal(t, "earlier", string(got))
}
