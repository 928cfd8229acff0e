package ciscolog

import (
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"time"

	"itlsim/internal/bounded"
)

// Files are the names of the log's files, as the command `file` has them, the present one
// first. A log in memory has that one.
func (l *Log) Files() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.files()
}

// files are Files for who has the lock.
func (l *Log) files() (names []string) {
	if l.file == nil {
		return []string{File}
	}
	for _, name := range l.file.names() {
		names = append(names, path.Join(path.Dir(File), name))
	}
	return names
}

// path is where one of these files is; [fs.ErrNotExist] for whatever else is asked. The
// caller has the lock.
func (l *Log) path(name string) (string, error) {
	if !slices.Contains(l.files(), name) {
		return "", fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	if l.file == nil {
		return "", nil
	}
	return filepath.Join(filepath.Dir(l.file.path), path.Base(name)), nil
}

// View is what one of the files shows: of a log in memory the entries at hand.
func (l *Log) View(name string) (lines []string, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, err := l.path(name)
	if err != nil {
		return nil, err
	}
	if l.file == nil {
		return l.lines(), nil
	}
	lines, _, err = tail(at, tailBytes, viewed)
	return lines, err
}

// An Extract is one of a log's files as it was when it was opened.
type Extract struct {
	io.ReadCloser
	Size int64 // bytes
	// Modified is when it changed last: the present one with its last entry, by that
	// entry's clock; others by the machine's. Zero where nothing was entered yet.
	Modified time.Time
}

// Open opens one of the files. What is entered or turned over later does not show.
func (l *Log) Open(name string) (*Extract, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, err := l.path(name)
	if err != nil {
		return nil, err
	}
	if l.file == nil {
		e := &entries{left: slices.Clone(l.entries)}
		return &Extract{e, e.size(), l.changed}, nil
	}
	f, info, err := bounded.OpenRegular(at)
	if err != nil {
		return nil, err
	}
	whole := struct {
		io.Reader
		io.Closer
	}{io.LimitReader(f, info.Size()), f}
	e := &Extract{whole, info.Size(), info.ModTime()}
	if at == l.file.path && !l.changed.IsZero() {
		e.Modified = l.changed
	}
	return e, nil
}

// entries reads entries as a file has them. Their lines are made as they are read.
type entries struct {
	left []Logged
	line []byte // what is left of one
}

func (e *entries) size() (bytes int64) {
	for i := range e.left {
		bytes += int64(len(e.left[i].Line())) + 1
	}
	return bytes
}

func (e *entries) Read(b []byte) (n int, err error) {
	if len(e.line) == 0 {
		if len(e.left) == 0 {
			return 0, io.EOF
		}
		e.line = append(append(e.line, e.left[0].Line()...), '\n')
		e.left = e.left[1:]
	}
	n = copy(b, e.line)
	e.line = e.line[n:]
	return n, nil
}

func (e *entries) Close() error { return nil }
