package main

import (
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path/filepath"
)

// A wholeFile comes into being when it is finished: nobody ever finds half of it,
// and what stood in its place stays until then, or for good.
type wholeFile interface {
	io.Writer
	finish() error
	abandon()
}

// createWhole begins a file. What is no regular file itself, such as a pipe or
// the link /dev/stdout, is written to directly.
func createWhole(name string, perm os.FileMode) (wholeFile, error) {
	if info, err := os.Lstat(name); err == nil && !info.Mode().IsRegular() {
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, perm)
		return direct{f}, err
	}
	meanwhile := filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"-"+rand.Text())
	f, err := os.OpenFile(meanwhile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
	if wrong, ok := errors.AsType[*os.PathError](err); ok {
		wrong.Path = name
	}
	return &renamed{f, name}, err
}

// createNamed begins the file that a flag names; "" names none.
func createNamed(flag, name string, perm os.FileMode) (wholeFile, error) {
	if name == "" {
		return standard{io.Discard}, nil
	}
	f, err := createWhole(name, perm)
	if err != nil {
		return nil, usageError("%s: %v", flag, err)
	}
	return f, nil
}

type renamed struct {
	*os.File
	name string
}

func (f *renamed) finish() error {
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
	os.Remove(f.File.Name())
}

type direct struct{ *os.File }

func (f direct) finish() error { return f.Close() }
func (f direct) abandon()      { f.Close() }
