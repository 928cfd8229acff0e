package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"
)

// path takes names of files as they are given, so that messages have them, with the home directory
// for ~, which no shell puts in behind a = and nobody in variables.
func path(ctx *kong.DecodeContext, target reflect.Value) error {
	if target.Kind() == reflect.Slice {
		for ctx.Scan.Peek().IsValue() {
			target.Set(reflect.Append(target, reflect.ValueOf(atHome(ctx.Scan.Pop().String()))))
		}
		return nil
	}
	var name string
	if err := ctx.Scan.PopValueInto("file", &name); err != nil {
		return err
	}
	target.SetString(atHome(name))
	return nil
}

// atHome is a name with the home directory in it.
func atHome(name string) string {
	if below, ok := strings.CutPrefix(name, "~"+string(filepath.Separator)); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, below)
		}
	}
	return name
}

// checkFolder says that a file which a flag names has no folder to be in.
func checkFolder(flag, name string) error {
	if _, err := os.Stat(filepath.Dir(name)); err != nil {
		return usageError("%s: %w", flag, &os.PathError{Op: "open", Path: name, Err: errors.Unwrap(err)})
	}
	return nil
}

// checkDirectory says that what a flag takes for a directory is something else.
func checkDirectory(flag, name string) error {
	if info, err := os.Stat(name); err == nil && !info.IsDir() {
		return usageError("%s %s: it is not a directory", flag, name)
	}
	return nil
}
