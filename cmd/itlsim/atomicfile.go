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

// createAtomic begins a file. Where a link leads to one, that one is replaced. Whatever
// is not a regular file, such as a pipe, or is standard output by another name, is
// written to directly.
func createAtomic(name string, perm os.FileMode) (atomicFile, error) {
	if info, err := os.Stat(name); err == nil && (!info.Mode().IsRegular() || isOutput(info)) {
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
		return direct{f}, err
	}
	if target, err := filepath.EvalSymlinks(name); err == nil {
		name = target
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

// isOutput reports whether a file is what this process prints to.
func isOutput(info os.FileInfo) bool {
	for _, out := range []*os.File{os.Stdout, os.Stderr} {
		if is, err := out.Stat(); err == nil && os.SameFile(is, info) {
			return true
		}
	}
	return false
}

// errEnding is the error of what begins while the program ends.
var errEnding = errors.New("interrupted")

// transient are the files that the process is not to leave behind when it is ended in
// the middle: temporary ones, and those that say where it is.
var transient files

// files are names of files, and which file it is where the name is not this process's
// own: another one that has the name by now is not removed.
type files struct {
	mu    sync.Mutex
	names map[string]os.FileInfo
	ended bool
}

// add notes a file of a name that nobody else has, unless the program ends.
func (f *files) add(name string) bool { return f.addOnly(name, nil) }

// addOnly notes a file that goes as long as it is this one.
func (f *files) addOnly(name string, which os.FileInfo) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return false
	}
	if f.names == nil {
		f.names = make(map[string]os.FileInfo)
	}
	f.names[name] = which
	return true
}

// drop forgets a file, which is gone or is to stay.
func (f *files) drop(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.names, name)
}

// remove removes a file that was noted.
func (f *files) remove(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.removeKnown(name)
	delete(f.names, name)
}

// removeKnown does so for who has the lock.
func (f *files) removeKnown(name string) {
	which, known := f.names[name]
	if !known {
		return
	}
	if which != nil {
		is, err := os.Lstat(name)
		if err != nil || !os.SameFile(is, which) || !is.ModTime().Equal(which.ModTime()) { // numbers come again
			return
		}
	}
	_ = os.Remove(name) // it may not be there yet
}

// end removes all, and lets no others begin.
func (f *files) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	for name := range f.names {
		f.removeKnown(name)
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

// Write writes to it. Errors are of the name that it will have.
func (f *renamed) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	if wrong, ok := errors.AsType[*os.PathError](err); ok {
		wrong.Path = f.name
	}
	return n, err
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
