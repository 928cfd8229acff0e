package farm

import (
	"bytes"
	"io/fs"
	"path"
	"time"

	"itlsim/internal/bounded"
	"itlsim/scenarios/inventory"
)

// contents are files in memory, by name: all that a scenario of a farm can read.
type contents map[string][]byte

// Open opens one of them.
func (c contents) Open(name string) (fs.File, error) {
	data, ok := c[name]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &content{bytes.NewReader(data), name}, nil
}

// content is a file that is read.
type content struct {
	*bytes.Reader
	name string
}

func (c *content) Stat() (fs.FileInfo, error) { return contentInfo{c}, nil }
func (c *content) Close() error               { return nil }

// contentInfo says that it is a regular file of so many bytes.
type contentInfo struct{ of *content }

func (i contentInfo) Name() string       { return path.Base(i.of.name) }
func (i contentInfo) Size() int64        { return i.of.Reader.Size() }
func (i contentInfo) Mode() fs.FileMode  { return 0o444 }
func (i contentInfo) ModTime() time.Time { return time.Time{} }
func (i contentInfo) IsDir() bool        { return false }
func (i contentInfo) Sys() any           { return nil }

// recorder notes which files of a directory are read, and what they hold.
type recorder struct {
	dir  fs.FS // nil: there is none
	read contents
}

// Open reads a file, and opens what it holds.
func (r *recorder) Open(name string) (fs.File, error) {
	if r.dir == nil {
		return r.read.Open(name)
	}
	data, err := bounded.ReadFS(r.dir, name, inventory.MaxExport)
	if err != nil {
		return nil, err
	}
	r.read[name] = data
	return r.read.Open(name)
}
