package ciscolog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"itlsim/internal/bounded"
)

// CUCM keeps CiscoSyslog in files that are turned over by size, CiscoSyslog.1 being the
// one before CiscoSyslog and so on (the names are remembered, the numbers this
// project's own choice).
const (
	// MaxFile is how many bytes a file has at most: some twenty thousand entries.
	MaxFile = 5 << 20
	// Older is how many files before the present one are kept: with them there is more
	// than a log keeps at hand.
	Older = 4
	// MaxLine is how many bytes of a line are shown; an entry with what stands before
	// it has fewer.
	MaxLine = 4 << 10
)

// tailBytes bounds what is read of the files at the start: the entries that a log keeps
// at hand, at their longest.
const tailBytes = Kept << 10

// viewed is how many lines of a file are shown, more than one of entries has.
const viewed = MaxFile / 64

// A file is where a log's lines are kept.
type file struct {
	path string
	out  *os.File
	size int64 // bytes of the present file
	torn bool  // its last line has no end
	lost int   // entries that could not be written since the last one that could
}

// openFile goes on with a file, or begins one. A last line without an end, as a crash
// leaves it, is ended before the next one (managed services guide 8.0, "Log File and
// Syslog Outputs").
func openFile(path string) (*file, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f := &file{path: path}
	return f, f.open()
}

// open opens the present file.
func (f *file) open() error {
	if info, err := os.Lstat(f.path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a regular file", f.path)
	}
	out, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	if f.size, err = out.Seek(0, io.SeekEnd); err == nil && f.size > 0 {
		var last [1]byte
		_, err = out.ReadAt(last[:], f.size-1)
		f.torn = last[0] != '\n'
	}
	if err != nil {
		out.Close()
		return err
	}
	f.out = out
	return nil
}

// write adds a line. One that does not fit on the disk is lost, which must not stop the
// cluster; the next that fits tells of it.
func (f *file) write(line string) {
	text := line + "\n"
	if f.lost > 0 {
		text = fmt.Sprintf("(%d entries could not be written here)\n%s", f.lost, text)
	}
	if f.torn {
		text = "\n" + text
	}
	if f.size > 0 && f.size+int64(len(text)) > MaxFile {
		f.turnOver()
	}
	if f.out == nil && f.open() != nil {
		f.lost++
		return
	}
	n, err := f.out.WriteString(text)
	f.size += int64(n)
	if n > 0 {
		f.torn = text[n-1] != '\n'
	}
	f.lost++
	if err == nil {
		f.lost = 0
	}
}

// turnOver begins another file. Where one is missing in the row, as after a kill while
// they were renamed, those before it move up to it and nothing is lost; else the oldest
// goes. Where that fails the present file goes on.
func (f *file) turnOver() {
	last := 1
	for last < Older && exists(f.older(last)) {
		last++
	}
	for i := last; i > 1; i-- {
		if os.Rename(f.older(i-1), f.older(i)) != nil {
			return
		}
	}
	if os.Rename(f.path, f.older(1)) != nil {
		return
	}
	f.out.Close()
	f.out, f.torn = nil, false // the next line opens the new one
	f.size = 0
}

func (f *file) close() error {
	if f.out == nil {
		return nil
	}
	return f.out.Close()
}

// older is the name of the file so many files before the present one.
func (f *file) older(n int) string {
	if n == 0 {
		return f.path
	}
	return f.path + "." + strconv.Itoa(n)
}

func exists(name string) bool {
	_, err := os.Lstat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// names are the files that are there, the present one first.
func (f *file) names() (all []string) {
	for i := range Older + 1 {
		if exists(f.older(i)) {
			all = append(all, filepath.Base(f.older(i)))
		}
	}
	return all
}

// last are the last lines of all files, the oldest first.
func (f *file) last(most int) (lines []string, err error) {
	left := int64(tailBytes)
	for i := 0; i <= Older && len(lines) < most && left > 0; i++ {
		more, n, err := tail(f.older(i), left, most-len(lines))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		lines, left = append(more, lines...), left-n
	}
	return lines, nil
}

// tail reads the lines at the end of a file, so many bytes and lines at most, and gives
// how many bytes it read. What of a line is longer than [MaxLine] is left out, and said
// so.
func tail(name string, most int64, count int) (lines []string, n int64, err error) {
	f, info, err := bounded.OpenRegular(name)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	n = min(info.Size(), most)
	data := make([]byte, n)
	if _, err := f.ReadAt(data, info.Size()-n); err != nil && err != io.EOF {
		return nil, 0, err
	}
	return split(data, n < info.Size(), count), n, nil
}

// split cuts the end of a file into lines, the last so many. Where it is not the whole
// file the first is the rest of a line, which is left out unless it is all there is.
func split(data []byte, rest bool, most int) (lines []string) {
	whole := bytes.TrimSuffix(data, []byte("\n"))
	for end := len(whole); len(data) > 0 && len(lines) < most; {
		start := bytes.LastIndexByte(whole[:end], '\n') + 1
		if start > 0 || !rest || len(lines) == 0 {
			lines = append(lines, shown(whole[start:end], rest && start == 0))
		}
		if start == 0 {
			break
		}
		end = start - 1
	}
	slices.Reverse(lines)
	return lines
}

// shown is a line as it is shown, or the rest of one.
func shown(line []byte, rest bool) string {
	left := len(line) - MaxLine
	switch {
	case rest:
		return "(the beginning is left out) " + string(line[max(0, left):])
	case left > 0:
		return fmt.Sprintf("%s (%d bytes are left out)", line[:MaxLine], left)
	}
	return string(line)
}
