package main

import (
	"bytes"
	"io"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
)

// eachFlag calls do with every flag of every command.
func eachFlag(do func(command *kong.Node, f *kong.Flag)) {
	parser := newParser(streams{io.Discard, io.Discard}, func(int) {})
	for _, command := range parser.Model.Leaves(false) {
		for _, f := range command.Flags {
			do(command, f)
		}
	}
}

// commandFlags are the flags of a command.
func commandFlags(name string) (all []*kong.Flag) {
	eachFlag(func(command *kong.Node, f *kong.Flag) {
		if command.Name == name {
			all = append(all, f)
		}
	})
	return all
}

// Whatever is wrong with a flag's value, the message names the flag and its values, and nothing
// of the parser's own.
func TestFlagsAreNamedWithTheirValues(t *testing.T) {
	tried := 0
	refuses := func(f *kong.Flag, args ...string) {
		t.Helper()
		if tried++; !build.Plays(tried) {
			return
		}
		var out, told bytes.Buffer
		require.Equal(t, exitUsage, run(args, streams{&out, &told}), args)
		require.Empty(t, out.String(), args)
		require.Regexp(t, "^itlsim: --"+f.Name+": .*; want .+\n$", told.String(), args)
		require.Contains(t, told.String(), "want "+wanted(f.Value), args)
		for _, foreign := range []string{"EOL", " bit ", "bool", "<arg>", "expected", "float"} {
			require.NotContains(t, strings.TrimPrefix(told.String(), "itlsim: --"+f.Name), foreign, args)
		}
	}
	fromVariable := func(command *kong.Node, f *kong.Flag, wrong string) {
		if name := variable(f); name != "" && build.Plays(tried) {
			t.Setenv(name, wrong)
			defer os.Unsetenv(name)
			var told bytes.Buffer
			require.Equal(t, exitUsage, run([]string{command.Name}, streams{io.Discard, &told}), name)
			require.Regexp(t, "^itlsim: --"+f.Name+": .*; want .+ \\(from the environment: "+name+"\\)\n$", told.String())
		}
	}
	eachFlag(func(command *kong.Node, f *kong.Flag) {
		flag := "--" + f.Name
		if f.IsBool() {
			refuses(f, command.Name, flag+"=perhaps")
			fromVariable(command, f, "perhaps")
			return
		}
		refuses(f, command.Name, flag)
		of := f.Target.Type()
		if of.Kind() == reflect.Pointer {
			of = of.Elem()
		}
		if of.Kind() != reflect.String && of.Kind() != reflect.Slice {
			refuses(f, command.Name, flag+"=many")
			fromVariable(command, f, "many")
			refuses(f, command.Name, flag+"=")
		}
	})
	require.Greater(t, tried, 80)
}
