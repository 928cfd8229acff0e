package ciscolog

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// openedLog is a log in files, which is closed at the end.
func openedLog(t testing.TB, path string) *Log {
	t.Helper()
	l, err := Open(path, nil)
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	l.SetHost("test10pub", "test10pub.joemar2.lab")
	return l
}

// fill raises entries until there is a file more.
func fill(t *testing.T, l *Log) {
	t.Helper()
	for was := len(l.Files()); len(l.Files()) == was; {
		l.Raise(CertExpired, at, Tags{{"Message", strings.Repeat("x", MaxEntry)}})
	}
}

// Files are turned over by size; as long as there are not too many, every entry is in
// one of them, and the log goes on at its number whichever is the last.
func TestLogIsTurnedOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	l := openedLog(t, path)
	for range Older {
		fill(t, l)
	}
	require.Equal(t, []string{
		File, File + ".1", File + ".2", File + ".3", File + ".4",
	}, l.Files())
	next := uint32(0)
	for i := Older; i >= 0; i-- {
		info, err := os.Stat(l.file.older(i))
		require.NoError(t, err)
		require.LessOrEqual(t, info.Size(), int64(MaxFile))
		lines, err := l.View(l.Files()[i])
		require.NoError(t, err)
		for _, line := range lines {
			_, n, ok := numbered(line)
			require.True(t, ok)
			require.Equal(t, next, n)
			next++
		}
	}
	before := l.Lines()
	require.NoError(t, l.Close())
	again := openedLog(t, path)
	require.Equal(t, before[len(before)-Kept:], again.Lines())
	require.Equal(t, next, again.Raise(CertExpired, at, nil).Sequence)

	for range 10_000 {
		again.Raise(CertExpired, at, Tags{{"Message", strings.Repeat("x", MaxEntry)}})
	}
	require.Len(t, again.Files(), 1+Older)
}

// A kill while files are renamed leaves a gap in the row, which the next turn fills.
func TestLogIsTurnedOverAfterAKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	l := openedLog(t, path)
	for range 3 {
		fill(t, l)
	}
	require.NoError(t, os.Rename(path+".2", path+".4"))
	was, err := os.ReadFile(path + ".3")
	require.NoError(t, err)
	moved, err := os.ReadFile(path + ".4")
	require.NoError(t, err)
	fill(t, l)
	for name, want := range map[string][]byte{".3": was, ".4": moved} {
		is, err := os.ReadFile(path + name)
		require.NoError(t, err)
		require.True(t, bytes.Equal(want, is), name)
	}
	require.Len(t, l.Files(), 5)
}

// What does not fit on the disk is told of by the next entry that does, and half of a
// line does not run into it.
func TestLogOnAFullDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	l := openedLog(t, path)
	l.Raise(RTMTAlert, at, nil)
	_, err := l.file.out.WriteString("half of an entr")
	require.NoError(t, err)
	l.file.torn = true
	works := l.file.out
	l.file.out, err = os.Open(path) // to read alone
	require.NoError(t, err)
	l.Raise(RTMTAlert, at, nil)
	l.Raise(RTMTAlert, at, nil)
	l.file.out.Close()
	l.file.out = works
	l.Raise(RTMTAlert, at, nil)
	lines, err := l.View(File)
	require.NoError(t, err)
	require.Len(t, lines, 4)
	require.Equal(t, []string{"half of an entr", "(2 entries could not be written here)"}, lines[1:3])
	require.Equal(t, []uint32{0, 1, 2, 3}, numbers(t, l), "all are at hand")
}

// However large the file and its lines are, the end of it is read, and no more.
func TestLogOfAnySize(t *testing.T) {
	for name, c := range map[string]struct {
		tail string
		want []string
	}{
		"nothing":           {"", nil},
		"a line of nothing": {"\n", []string{""}},
		"no end":            {"x", []string{"x"}},
		"a long line": {
			strings.Repeat("y", MaxLine+3) + "\nx\n", []string{strings.Repeat("y", MaxLine) + " (3 bytes are left out)", "x"},
		},
	} {
		path := filepath.Join(t.TempDir(), File)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(c.tail), 0o600))
		l := openedLog(t, path)
		require.Equal(t, c.want, append([]string(nil), l.Lines()...), name)
	}

	path := filepath.Join(t.TempDir(), File)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	f, err := os.Create(path)
	require.NoError(t, err)
	defer f.Close()
	for content, want := range map[string]int{
		"":                                  1,    // a terabyte without an end of a line
		strings.Repeat("\n", tailBytes):     Kept, // of empty lines
		strings.Repeat("ab\n", tailBytes/3): Kept,
		"\nx\n":                             1,
	} {
		require.NoError(t, f.Truncate(0))
		require.NoError(t, f.Truncate(1<<40))
		_, err = f.WriteAt([]byte(content), 1<<40)
		require.NoError(t, err)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		l := openedLog(t, path)
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(2*tailBytes), "bytes were needed")
		require.Len(t, l.Lines(), want)
	}
}

// A file is a file: where a link leads nothing is written.
func TestLogThatIsNoFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), File)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.Symlink("/dev/null", path))
	_, err := Open(path, nil)
	require.ErrorContains(t, err, "CiscoSyslog is not a regular file")
}

// Whatever the file holds it stays, and the next entry is a line of its own.
func FuzzCiscoSyslog(f *testing.F) {
	e := Entry{Alarm: DeviceTLInfo, At: at, Sequence: 7, Host: "a", FQDN: "a.b"}
	f.Add([]byte(e.String() + "\n"))
	f.Add([]byte(e.String()))
	f.Add([]byte("\n\n\x00"))
	f.Add([]byte(strings.Repeat("z", MaxLine+1)))
	path := filepath.Join(f.TempDir(), File)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, held []byte) {
		if err := os.WriteFile(path, held, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		for _, line := range l.Lines() {
			if len(line) > MaxLine+64 || strings.Contains(line, "\n") {
				t.Fatalf("a line of %d bytes: %q", len(line), line)
			}
		}
		entry := l.Raise(ITLFileRegenerated, at, nil)
		is, err := os.ReadFile(path)
		if err != nil || !bytes.HasPrefix(is, held) || !bytes.HasSuffix(is, []byte(entry.String()+"\n")) {
			t.Fatalf("%q became %q, %v", held, is, err)
		}
		lines, err := l.View(File)
		if err != nil || lines[len(lines)-1] != entry.String() {
			t.Fatalf("%q shows %q, %v", is, lines, err)
		}
	})
}
