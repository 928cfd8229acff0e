package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"itlsim/scenarios"
)

type runCmd struct {
	Scenario string `arg:"" help:"Name of a built-in scenario (see itlsim list)."`
	Phones   int    `help:"Number of phones; the scenario's own if not given." placeholder:"N"`
	Mode     string `help:"wire: real sockets on loopback." enum:"wire" default:"wire"`
	Seed     int64  `help:"Seed, printed in the report." default:"1"`
	JSON     string `name:"json" help:"Write the report as JSON; - is standard output." placeholder:"PATH"`
	Quiet    bool   `help:"No progress."`
	Boots    int    `help:"Phones that boot at a time." default:"128"`
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
	scenario, ok := scenarios.Find(c.Scenario)
	if !ok {
		return usageError("there is no scenario %q%s; itlsim list shows them", c.Scenario, didYouMean(c.Scenario, scenarios.Names()))
	}
	if c.Phones != 0 && c.Phones < 2 || c.Phones > maxPhones {
		return usageError("--phones %d: want 2 to %d", c.Phones, maxPhones)
	}
	if c.Boots < 1 {
		return usageError("--boots %d: want 1 or more", c.Boots)
	}
	opt := scenarios.Options{Phones: c.Phones, Seed: c.Seed, Boots: c.Boots}
	bar := newProgress(s.err)
	if !c.Quiet {
		opt.Progress = bar.show
	}
	report, err := scenarios.Run(ctx, scenario, opt)
	bar.end()
	if report != nil {
		if werr := c.write(report, s.out); werr != nil {
			return &exitError{exitBroken, werr}
		}
	}
	switch {
	case errors.Is(err, context.Canceled):
		return &exitError{exitInterrupted, errors.New("interrupted")}
	case err != nil:
		return &exitError{exitBroken, err}
	case !report.Passed:
		return errFailed
	}
	return nil
}

// maxPhones is what has room in the addresses given to phones.
const maxPhones = 1_000_000

func (c *runCmd) write(r *scenarios.Report, out io.Writer) error {
	if c.JSON == "-" {
		return r.WriteJSON(out)
	}
	if err := r.WriteText(out); err != nil {
		return err
	}
	if c.JSON == "" {
		return nil
	}
	f, err := os.Create(c.JSON)
	if err != nil {
		return err
	}
	if err := r.WriteJSON(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
