package main

import (
	"fmt"

	"github.com/alecthomas/kong"

	"itlsim/internal/build"
)

// commandName is the placeholder of what is a command's name.
const commandName = "COMMAND"

type helpCmd struct {
	Command string `arg:"" optional:"" help:"Name of a command; all of them if not given." placeholder:"COMMAND"`
}

// Run prints what --help of a command does.
func (c *helpCmd) Run(parser *kong.Kong) error {
	about, err := commandNamed(parser, c.Command)
	if err != nil {
		return err
	}
	return about.PrintUsage(false)
}

// commandNamed finds a command by its name, "" for the program.
func commandNamed(parser *kong.Kong, name string) (*kong.Context, error) {
	var words []string
	if name != "" {
		words = append(words, name)
	}
	found, err := kong.Trace(parser, words)
	if err == nil && found.Error != nil {
		err = usageError("%s", mistake(found.Error, found))
	}
	return found, err
}

type versionCmd struct{}

// Run prints what --version does.
func (versionCmd) Run(s streams) error {
	_, err := fmt.Fprintln(s.out, program, build.Line())
	return err
}
