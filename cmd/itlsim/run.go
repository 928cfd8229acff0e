package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"

	"itlsim/fleet"
	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/lab/metrics"
	"itlsim/scenarios"
	"itlsim/scenarios/language"
)

type runCmd struct {
	Scenario string `arg:"" help:"${run_scenario}" placeholder:"NAME|FILE.yaml"`
	Phones   *int   `help:"${run_phones}" placeholder:"N"`
	Mode     string `help:"${run_mode}" enum:"wire,virtual" default:"wire"`
	Seed     int64  `help:"Seed, which the report repeats; in virtual mode it decides everything." default:"1"`
	reportsAt
	Watch   bool `help:"Show the phones' states live on a terminal."`
	Quiet   bool `help:"Show no progress."`
	Boots   *int `help:"Phones that boot at a time; ${boots} if not given, 10000 in virtual mode." placeholder:"N"`
	Workers int  `help:"Processors to use in virtual mode; one if not given." placeholder:"N"`
	inShards
	onFarm
	metricsAt
	pageAt
	risRate
}

// Run runs a scenario, prints its report and judges it.
func (c *runCmd) Run(ctx context.Context, s streams, end *ending) error {
	scenario, opt, err := c.check()
	if err != nil {
		return err
	}
	warn(s.err, scenario)
	warnOfMode(s.err, c.Mode)
	c.inShards.warn(s.err, cmp.Or(opt.Lab.Phones, scenario.Phones()))
	collectLater(c.Mode, c.atATime())
	bar := newProgress(s.err, c.Watch)
	if !c.Quiet {
		opt.Progress = bar.show
	}
	if c.Shard != nil {
		return c.play(ctx, scenario, opt, s, end)
	}
	out, err := c.create(s.out)
	if err != nil {
		return err
	}
	defer out.close()
	watched, err := c.metricsAt.listen()
	if err != nil {
		return err
	}
	defer watched.close()
	page, err := c.pageAt.listen()
	if err != nil {
		return err
	}
	defer page.close()
	var opened atomic.Pointer[lab.Lab]
	watched.show(s.err, func() metrics.Source { return metrics.Of(opened.Load()) })
	opt.Opened = func(l *lab.Lab) {
		opened.Store(l)
		page.show(s.err)
		end.begin()
	}
	opt.Stage = page.stage()
	report, err := c.carryOut(ctx, scenario, opt, s, end)
	bar.end()
	page.ended(report)
	if report != nil {
		if werr := c.write(report, out); werr != nil {
			return errors.Join(werr, err)
		}
	}
	if err == nil && !report.Passed {
		return errFailed
	}
	return interrupted(err)
}

// interrupted is the error of a run that ended with one: of an interrupted one with its exit code.
func interrupted(err error) error {
	if errors.Is(err, context.Canceled) {
		return &exitError{exitInterrupted, interruption(err)}
	}
	return err
}

// interruption says that a run was interrupted, and which phones it waited for then.
func interruption(err error) error {
	if hung, ok := errors.AsType[*fleet.UnsettledError](err); ok {
		return fmt.Errorf("interrupted: %v", hung.Unsettled)
	}
	return errors.New("interrupted")
}

// check finds what is wrong with the command line, or with the scenario, before
// anything starts.
func (c *runCmd) check() (scenario scenarios.Scenario, opt scenarios.Options, err error) {
	if scenario, err = find(c.Scenario, c.Mode); err != nil {
		return scenario, opt, err
	}
	opt = scenarios.Options{
		Version: build.Version(), Command: c.again(),
		Shards: c.shards(), Pace: c.Pace,
		Lab: lab.Options{Seed: c.Seed, Mode: c.Mode, Workers: c.Workers, RISRate: c.RISRate},
	}
	fewest := len(scenario.Groups)
	switch {
	case c.Phones != nil && (*c.Phones < fewest || *c.Phones > lab.MaxPhones):
		err = usageError("--phones %d: want %d to %d", *c.Phones, fewest, lab.MaxPhones)
	case c.Boots != nil && *c.Boots < 1:
		err = usageError("--boots %d: want 1 or more", *c.Boots)
	case c.Workers < 0:
		err = usageError("--workers %d: want 1 or more", c.Workers)
	case c.Workers > 0 && c.Mode == "wire":
		err = usageError("--workers is for --mode virtual; in wire mode there is --boots")
	case c.Phones != nil:
		opt.Lab.Phones = *c.Phones
	}
	if c.Boots != nil {
		opt.Lab.Boots = *c.Boots
	}
	if phones := cmp.Or(opt.Lab.Phones, scenario.Phones()); err == nil {
		err = cmp.Or(c.risRate.check(c.Mode), c.metricsAt.check(), c.pageAt.check(phones),
			c.checkShards(scenario, phones), c.checkFarm(phones), c.farmAt.check(), c.reportsAt.check(),
			c.checkExplain(scenario))
	}
	return scenario, opt, err
}

// checkExplain says that the run has no phone of the name whose story is wanted.
func (c *runCmd) checkExplain(s scenarios.Scenario) (err error) {
	setup := s.Setup
	if c.Phones != nil {
		if setup, err = setup.Scaled(*c.Phones); err != nil {
			return err
		}
	}
	if c.Explain != "" && !setup.HasPhone(c.Explain) {
		return usageError("--explain %s: the run has no phone of that name", c.Explain)
	}
	return nil
}

// again is the command line that plays the run again, without what does not change it.
func (c *runCmd) again() string {
	again := []string{"itlsim", "run", quoted(c.Scenario), "--mode", c.Mode, "--seed", strconv.FormatInt(c.Seed, 10)}
	for _, f := range []struct {
		flag  string
		value *int
	}{{"--phones", c.Phones}, {"--boots", c.Boots}, {"--ris-rate", c.RISRate}, {"--shards", c.Shards}} {
		if f.value != nil {
			again = append(again, f.flag, strconv.Itoa(*f.value))
		}
	}
	if c.Pace > 0 {
		again = append(again, "--pace", c.Pace.String())
	}
	return strings.Join(again, " ")
}

// quoted is a word as a shell reads it.
func quoted(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// plain is a word that a shell takes as it is.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./@%+=:,-]+$`)

// find finds a built-in scenario, or loads a file, whose name has a dot or a slash
// in it. The scenario must run in the mode.
func find(name, mode string) (scenarios.Scenario, error) {
	s, builtin := scenarios.Find(name)
	if !builtin {
		if !strings.ContainsAny(name, "/.") {
			return s, usageError("there is no scenario %q%s; itlsim list shows them",
				name, language.DidYouMean(name, scenarios.Names()))
		}
		var err error
		if s, err = scenarios.LoadFile(name); err != nil {
			return s, &exitError{exitUsage, err}
		}
	}
	if why := s.NotIn[mode]; why != "" {
		return s, usageError("%s does not run in %s mode: %s", s.Name, mode, why)
	}
	return s, nil
}

// warn prints what of a scenario's files was taken for something else.
func warn(w io.Writer, s scenarios.Scenario) {
	for _, warning := range s.Warnings {
		fmt.Fprintf(w, "warning: %v\n", warning)
	}
}
