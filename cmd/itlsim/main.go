// Command itlsim simulates the trust of Cisco IP phones: thousands of phones
// against the CUCM side of a cluster, over real sockets or a simulated network.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"itlsim/internal/cause"
	"itlsim/internal/room"

	"github.com/alecthomas/kong"
)

// Exit codes, which scripts rely on.
const (
	exitPassed      = 0
	exitFailed      = 1   // an expectation failed, a list is refused
	exitUsage       = 2   // the command or scenario is wrong; nothing started
	exitBroken      = 3   // the run itself could not go on
	exitInterrupted = 130 // as after Ctrl-C, by whatever signal
	exitUnread      = 141 // as by SIGPIPE: nobody reads what is printed
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
	Merge   mergeCmd   `cmd:"" help:"Make one report from the parts of a run in shards."`
	Fuzz    fuzzCmd    `cmd:"" help:"${cli_fuzz}"`
	List    listCmd    `cmd:"" help:"List the built-in scenarios."`
	Models  modelsCmd  `cmd:"" help:"${cli_models}"`
	Import  importCmd  `cmd:"" help:"${cli_import}"`
	Explain explainCmd `cmd:"" help:"Tell one phone's story from a JSON report."`
	Compare compareCmd `cmd:"" help:"Say what differs between two JSON reports, phone by phone; exit code 1 if anything does."`
	Serve   serveCmd   `cmd:"" help:"Run the CUCM side alone until interrupted."`
	Health  healthCmd  `cmd:"" help:"Check whether the cluster that serve or demo started answers; exit code 1 if not."`
	Phones  phonesCmd  `cmd:"" help:"${cli_phones}"`
	Worker  workerCmd  `cmd:"" help:"${cli_worker}"`
	Show    showCmd    `cmd:"" help:"Print a trust list as show itl does, or a signed file's header and payload."`
	Trust   trustCmd   `cmd:"" help:"Say whether a phone that holds one trust list takes another."`
	Demo    demoCmd    `cmd:"" help:"Show a cluster and its phones on a page: lose their trust, and get it back."`
	Help    helpCmd    `cmd:"" help:"Show a command's arguments and flags."`
	Version versionCmd `cmd:"" help:"Print version, commit, Go and platform on one line."`

	Completion completionCmd `cmd:"" help:"Print a script with which a shell completes commands, scenarios, flags and values."`
	Man        manCmd        `cmd:"" help:"Print a manual page: itlsim man run | man -l -"`
	Complete   completeCmd   `cmd:"" name:"__complete" hidden:""`

	VersionFlag kong.VersionFlag `name:"version" help:"Print version, commit, Go and platform on one line."`
}

func main() {
	end, ctx, _ := newEnding() // until the process is over: no signal that comes then changes how it ends
	os.Exit(carryOut(ctx, os.Args[1:], streams{os.Stdout, os.Stderr}, end))
}

// carryOut is the whole program, with its exit code.
func carryOut(ctx context.Context, args []string, s streams, end *ending) int {
	s = streams{end.watch(s.out), end.watch(s.err)}
	ended := make(chan int, 1)
	go func() { ended <- command(ctx, args, s, end) }()
	select {
	case code := <-ended:
		return end.code(code)
	case <-end.atOnce:
	}
	transient.end()
	if !end.quiet() {
		fmt.Fprintln(s.err, "itlsim: interrupted")
	}
	return end.code(exitInterrupted)
}

// command carries out the command of a command line.
func command(ctx context.Context, args []string, s streams, end *ending) (code int) {
	left := room.Left()
	if err := left.Enough(room.Reads, 0); err != nil {
		return exitCode(err, s.err)
	}
	left.Keep()
	exited := -1 // by --help
	parser := newParser(s, func(code int) { exited = code },
		kong.BindTo(ctx, (*context.Context)(nil)), kong.Bind(end))
	if len(args) == 0 {
		parser.Stdout = s.err
		args = []string{"--help"}
		defer func() { code = exitUsage }()
	}
	parsed, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		err = refused(err)
	} else {
		err = withVariables(parsed, end.answered(parsed.Run()))
	}
	if end.quiet() {
		return exitUnread
	}
	return exitCode(err, s.err)
}

// exitCode says what went wrong, unless that was printed, and gives the code.
func exitCode(err error, w io.Writer) int {
	var coded *exitError
	switch {
	case err == nil:
		return exitPassed
	case errors.Is(err, errFailed):
		return exitFailed
	case errors.As(err, &coded):
		fmt.Fprintf(w, "itlsim: %s\n", cause.Of(err))
		return coded.code
	}
	fmt.Fprintf(w, "itlsim: %s%s\n", cause.Of(err), advice(err))
	return exitBroken
}

// usageError is an error in the command line.
func usageError(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}
