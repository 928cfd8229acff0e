// Command itlsim simulates the trust of Cisco IP phones: thousands of phones
// against the CUCM side of a cluster, over real sockets or a simulated network.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"itlsim/internal/cause"

	"github.com/alecthomas/kong"
)

// Exit codes, which scripts rely on.
const (
	exitPassed      = 0
	exitFailed      = 1 // an expectation failed, a list is refused
	exitUsage       = 2 // the command or scenario is wrong; nothing started
	exitBroken      = 3 // the run itself could not go on
	exitInterrupted = 130
)

// exitError gives an error its exit code.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// errFailed ends a command whose answer was no, and was printed.
var errFailed = errors.New("failed")

// streams are where a command prints.
type streams struct{ out, err io.Writer }

// cli is the command line.
type cli struct {
	Run     runCmd     `cmd:"" help:"Run a scenario and judge its expectations."`
	Fuzz    fuzzCmd    `cmd:"" help:"${cli_fuzz}"`
	List    listCmd    `cmd:"" help:"List the built-in scenarios."`
	Models  modelsCmd  `cmd:"" help:"${cli_models}"`
	Import  importCmd  `cmd:"" help:"${cli_import}"`
	Explain explainCmd `cmd:"" help:"Tell one phone's story from a JSON report."`
	Serve   serveCmd   `cmd:"" help:"Run the CUCM side alone until interrupted."`
	Phones  phonesCmd  `cmd:"" help:"${cli_phones}"`
	Show    showCmd    `cmd:"" help:"Print a trust list as show itl does, or a signed file's header and payload."`
	Trust   trustCmd   `cmd:"" help:"Say whether a phone that holds one trust list takes another."`
	Demo    demoCmd    `cmd:"" help:"Show a cluster and its phones on a page: lose their trust, and get it back."`
}

func main() { os.Exit(run(os.Args[1:], streams{os.Stdout, os.Stderr})) }

// run is the whole program.
func run(args []string, s streams) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second interrupt ends the program at once
	var c cli
	exited := -1 // by --help
	parser, err := kong.New(&c, kong.Name("itlsim"), kong.Writers(s.out, s.err),
		kong.Description("Simulates the trust of Cisco IP phones: ITL, TVS, "+
			"and a cluster that loses its phones and gets them back."),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		helpTexts(),
		kong.Exit(func(code int) { exited = code }),
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(s))
	if err != nil {
		panic(err) // the command line's own definition
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(s.err, "itlsim: %s\n", mistake(err))
		return exitUsage
	}
	err = parsed.Run()
	var coded *exitError
	switch {
	case err == nil:
		return exitPassed
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &coded):
		fmt.Fprintf(s.err, "itlsim: %s\n", cause.Of(err))
		return coded.code
	}
	fmt.Fprintf(s.err, "itlsim: %s%s\n", cause.Of(err), advice(err))
	return exitBroken
}

// usageError is an error in the command line.
func usageError(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}
