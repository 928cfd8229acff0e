package ciscolog

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What is opened is the file to the byte, as it was then, whatever is entered and turned
// over while it is read.
func TestFilesAreReadAsTheyWere(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	for name, l := range map[string]*Log{"in memory": New(nil), "in files": openedLog(t, path)} {
		t.Run(name, func(t *testing.T) {
			l.SetHost("test10pub", "test10pub.joemar2.lab")
			l.Raise(ITLFileRegenerated, at, nil)
			l.Raise(CertExpired, at.Add(time.Hour), Tags{{"Message", "a"}})
			want := strings.Join(l.Lines(), "\n") + "\n"
			e, err := l.Open(File)
			require.NoError(t, err)
			defer e.Close()
			require.Equal(t, int64(len(want)), e.Size)
			require.Equal(t, at.Add(time.Hour), e.Modified)
			l.Raise(ITLFileRegenerated, at.Add(2*time.Hour), nil)
			if l.file != nil {
				fill(t, l)
			}
			got, err := io.ReadAll(e)
			require.NoError(t, err)
			require.Equal(t, want, string(got))
		})
	}
	l := openedLog(t, path)
	earlier, err := l.Open(File + ".1")
	require.NoError(t, err)
	defer earlier.Close()
	info, err := os.Stat(path + ".1")
	require.NoError(t, err)
	require.Equal(t, info.Size(), earlier.Size)
	require.Equal(t, info.ModTime(), earlier.Modified)
}

// Nothing but the log's own files is opened or shown.
func TestNoOtherFileIsRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	l := openedLog(t, path)
	require.NoError(t, os.WriteFile(filepath.Join(filepath.Dir(path), "CiscoSyslog.9"), nil, 0o600))
	for _, name := range []string{
		"", ".", "CiscoSyslog", path, "syslog/CiscoSyslog.9", "syslog/../syslog/CiscoSyslog", "/" + File, File + "/",
		File + ".1",
		"../../../../../etc/passwd",
	} {
		for _, l := range []*Log{l, New(nil)} {
			_, err := l.Open(name)
			require.ErrorIs(t, err, fs.ErrNotExist, name)
			_, err = l.View(name)
			require.ErrorIs(t, err, fs.ErrNotExist, name)
		}
	}
	require.NoError(t, os.Mkdir(path+".1", 0o700))
	require.NoError(t, os.Symlink("/etc/passwd", path+".2"))
	for _, name := range l.Files()[1:] {
		_, err := l.Open(name)
		require.ErrorContains(t, err, "is not a regular file")
		_, err = l.View(name)
		require.ErrorContains(t, err, "is not a regular file")
	}
}
