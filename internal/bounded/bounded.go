// Package bounded reads files, pipes and connections of which there may be more
// than there is room for: a device without end, a server that never stops.
package bounded

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// A TooLargeError is something that has more than Most bytes.
type TooLargeError struct{ Most int64 }

func (e *TooLargeError) Error() string { return fmt.Sprintf("it is larger than %d bytes", e.Most) }

// Reader passes so many bytes on, and fails with a [*TooLargeError] at one more.
func Reader(r io.Reader, most int64) io.Reader { return &reader{r, most, most} }

type reader struct {
	from       io.Reader
	left, most int64
}

func (r *reader) Read(p []byte) (int, error) {
	if int64(len(p)) > r.left+1 {
		p = p[:r.left+1]
	}
	n, err := r.from.Read(p)
	if int64(n) > r.left {
		n, err = int(r.left), &TooLargeError{r.most}
	}
	r.left -= int64(n)
	return n, err
}

// ReadFile reads a file, a pipe or a device of at most so many bytes. Where a file
// says that it has more, nothing of it is read. Errors are [*fs.PathError], of too
// much with a [*TooLargeError].
func ReadFile(name string, most int64) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	return read(f, name, most)
}

// ReadFS does the same for a file of a file system.
func ReadFS(dir fs.FS, name string, most int64) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	return read(f, name, most)
}

// OpenRegular opens a regular file, and gives what there is to know of it. What is none is
// not opened: a pipe would never end.
func OpenRegular(name string) (*os.File, fs.FileInfo, error) {
	info, err := os.Lstat(name)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%s is not a regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, nil, err
	}
	if info, err = f.Stat(); err != nil {
		f.Close()
		return nil, nil, err
	}
	return f, info, nil
}

// ReadRegular is [ReadFile] for a regular file ([OpenRegular]).
func ReadRegular(name string, most int64) ([]byte, error) {
	f, _, err := OpenRegular(name)
	if err != nil {
		return nil, err
	}
	return read(f, name, most)
}

// maxTyped is more bytes than anybody types at a terminal, which is the one device that
// anything is read from on purpose.
const maxTyped = 1 << 20

func read(f fs.File, name string, most int64) ([]byte, error) {
	defer f.Close() // it is only read
	var data bytes.Buffer
	info, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case info.Mode()&fs.ModeDevice != 0:
		most = min(most, maxTyped)
	case info.Mode().IsRegular() && info.Size() > most:
		return nil, &fs.PathError{Op: "read", Path: name, Err: &TooLargeError{most}}
	case info.Mode().IsRegular():
		data.Grow(int(info.Size()) + bytes.MinRead)
	}
	if _, err := data.ReadFrom(Reader(f, most)); err != nil {
		if _, tooLarge := err.(*TooLargeError); tooLarge {
			err = &fs.PathError{Op: "read", Path: name, Err: err}
		}
		return nil, err
	}
	return data.Bytes(), nil
}
