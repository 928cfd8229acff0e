package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"itlsim/scenarios"
)

type runCmd struct {
	Scenario string `arg:"" help:"Name of a built-in scenario (see itlsim list)."`
	Phones   *int   `help:"Number of phones; the scenario's own if not given." placeholder:"N"`
	Mode     string `help:"wire: real sockets on loopback; virtual, a simulated network, is not there yet." enum:"wire,virtual" default:"wire"`
	Seed     int64  `help:"Seed, printed in the report." default:"1"`
	JSON     string `name:"json" help:"Write the report as JSON; - is standard output." placeholder:"PATH"`
	Quiet    bool   `help:"No progress."`
	Boots    int    `help:"Phones that boot at a time." default:"${boots}"`
}

type listCmd struct{}

// Run lists the built-in scenarios.
func (listCmd) Run(s streams) error {
	for _, sc := range scenarios.Builtin() {
		fmt.Fprintf(s.out, "%-28s %s\n", sc.Name, sc.Shows)
	}
	return nil
}

// Run runs a scenario, prints its report and judges it.
func (c *runCmd) Run(ctx context.Context, s streams) error {
	scenario, opt, err := c.check()
	if err != nil {
		return err
	}
	asJSON, err := c.createJSON(s.out)
	if err != nil {
		return err
	}
	defer asJSON.Close()
	bar := newProgress(s.err)
	if !c.Quiet {
		opt.Progress = bar.show
	}
	report, err := scenarios.Run(ctx, scenario, opt)
	bar.end()
	if report != nil {
		if werr := c.write(report, s.out, asJSON); werr != nil {
			return errors.Join(werr, err)
		}
	}
	switch {
	case errors.Is(err, context.Canceled):
		return &exitError{exitInterrupted, errors.New("interrupted")}
	case err == nil && !report.Passed:
		return errFailed
	}
	return err
}

// check finds what is wrong with the command line before anything starts.
func (c *runCmd) check() (scenario scenarios.Scenario, opt scenarios.Options, err error) {
	scenario, ok := scenarios.Find(c.Scenario)
	opt = scenarios.Options{Seed: c.Seed, Boots: c.Boots}
	switch {
	case strings.HasSuffix(c.Scenario, ".yaml"):
		err = usageError("%s: scenario files are not there yet; itlsim list shows the built-in scenarios", c.Scenario)
	case !ok:
		err = usageError("there is no scenario %q%s; itlsim list shows them", c.Scenario, didYouMean(c.Scenario, scenarios.Names()))
	case c.Mode != "wire":
		err = usageError("--mode %s is not there yet; --mode wire is", c.Mode)
	case c.Phones != nil && (*c.Phones < 2 || *c.Phones > maxPhones):
		err = usageError("--phones %d: want 2 to %d", *c.Phones, maxPhones)
	case c.Boots < 1:
		err = usageError("--boots %d: want 1 or more", c.Boots)
	case c.Phones != nil:
		opt.Phones = *c.Phones
	}
	return scenario, opt, err
}

// maxPhones is what has room in the addresses given to phones.
const maxPhones = 1_000_000

// createJSON opens what --json names: that it cannot be written is found before
// the run.
func (c *runCmd) createJSON(out io.Writer) (io.WriteCloser, error) {
	switch c.JSON {
	case "":
		return nopCloser{io.Discard}, nil
	case "-":
		return nopCloser{out}, nil
	}
	f, err := os.Create(c.JSON)
	if err != nil {
		return nil, usageError("--json: %v", err)
	}
	return f, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// write writes the report; --json - takes standard output for itself.
func (c *runCmd) write(r *scenarios.Report, out io.Writer, asJSON io.WriteCloser) error {
	if c.JSON != "-" {
		if err := r.WriteText(out); err != nil {
			return err
		}
	}
	if err := r.WriteJSON(asJSON); err != nil {
		return err
	}
	return asJSON.Close()
}
