package main

import (
	"github.com/alecthomas/kong"

	"itlsim/internal/build"
)

// program is the name that the command line has for itself, whatever its file is called.
const program = "itlsim"

// newParser makes the parser of command lines, whose model all that tells of commands and
// flags comes from. exit is called when a flag, such as --help, has answered.
func newParser(s streams, exit func(code int), bound ...kong.Option) *kong.Kong {
	options := append(bound, kong.Name(program), kong.Writers(s.out, s.err),
		kong.Description("Simulates the trust of Cisco IP phones: ITL, TVS, "+
			"and a cluster that loses its phones and gets them back."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}), kong.Help(asWideAsTerminals),
		kong.NamedMapper("path", kong.MapperFunc(path)),
		withHelpTexts, kong.Vars{"boots": boots, "releases": releases(), "version": program + " " + build.Line()},
		kong.Exit(exit), kong.Bind(s), kong.Resolvers(environment))
	parser, err := kong.New(&cli{}, options...)
	if err != nil {
		panic(err) // the command line's own definition
	}
	return parser
}
