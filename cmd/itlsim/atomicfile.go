package main

import (
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// An atomicFile replaces an earlier file once it is finished. Nobody ever finds
// half of it, and if it is abandoned the earlier file stays.
type atomicFile interface {
	io.Writer
	finish() error
	abandon()
}

// createAtomic begins a file. Whatever is not a regular file, such as a pipe or the
// link /dev/stdout, is written to directly.
func createAtomic(name string, perm os.FileMode) (atomicFile, error) {
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
		return direct{f}, err
	}
	temporary := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"-"+rand.Text())
	if !transient.add(temporary) {
		return nil, errEnding
	}
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if wrong, ok := errors.AsType[*os.PathError](err); ok {
		wrong.Path = name
	}
	if err != nil {
		transient.drop(temporary)
	}
	return &renamed{f, name}, err
}

// errEnding is the error of what begins while the program ends.
var errEnding = errors.New("interrupted")

// transient are the files that the process is not to leave behind when it is ended in
// the middle: temporary ones, and those that say where it is.
var transient files

// files are names of files.
type files struct {
	mu    sync.Mutex
	names map[string]bool
	ended bool
}

// add notes a file, unless the program ends.
func (f *files) add(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return false
	}
	if f.names == nil {
		f.names = make(map[string]bool)
	}
	f.names[name] = true
	return true
}

// drop forgets a file, which is gone or is to stay.
func (f *files) drop(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.names, name)
}

// remove removes a file.
func (f *files) remove(name string) {
	_ = os.Remove(name) // somebody may have been faster
	f.drop(name)
}

// end removes all, and lets no others begin.
func (f *files) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	for name := range f.names {
		_ = os.Remove(name) // it may not be there yet
	}
}

// createNamed begins the file that a flag names. If the name is empty, what is
// written goes nowhere.
func createNamed(flag, name string, perm os.FileMode) (atomicFile, error) {
	if name == "" {
		return standard{io.Discard}, nil
	}
	f, err := createAtomic(name, perm)
	if err != nil {
		return nil, usageError("%s: %w", flag, err)
	}
	return f, nil
}

// renamed is a temporary file until it gets its name.
type renamed struct {
	*os.File
	name string
}

func (f *renamed) finish() error {
	defer transient.drop(f.File.Name())
	err := f.Close()
	if err == nil {
		err = os.Rename(f.File.Name(), f.name)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(f.File.Name()))
	}
	return err
}

func (f *renamed) abandon() {
	f.Close() // nothing of it is kept
	transient.remove(f.File.Name())
}

// direct is written to as it is.
type direct struct{ *os.File }

func (f direct) finish() error { return f.Close() }
func (f direct) abandon()      { f.Close() }

// standard is standard output.
type standard struct{ io.Writer }

func (standard) finish() error { return nil }
func (standard) abandon()      {}
