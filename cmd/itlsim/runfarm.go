package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"itlsim/internal/bounded"
	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/farm"
	"itlsim/scenarios/inventory"
	"itlsim/scenarios/report"
)

// onFarm are the flags of a run whose shards workers play, on any machine.
type onFarm struct {
	farmAt
	Fresh bool `help:"${run_fresh}"`
}

// checkFarm finds what is wrong with these flags.
func (c *runCmd) checkFarm() error {
	switch {
	case !c.used() && c.Fresh:
		return usageError("--fresh is for --farm or --farm-listen")
	case !c.used():
		return nil
	case c.Mode != lab.Virtual:
		return usageError("--farm and --farm-listen are for --mode virtual")
	case c.Shard != nil:
		return usageError("--shard plays one shard here, and a farm all of them elsewhere: give one of them")
	case c.Workers > 0:
		return usageError("--workers is for processors of this machine: itlsim worker has --shards-at-a-time")
	case c.Farm != "" && !strings.Contains(c.Farm, "://"):
		return usageError("--farm %s: want nats://HOST:PORT or tls://HOST:PORT; a join string is for workers", c.Farm)
	case c.Page != "" || c.Metrics != "":
		return usageError("--page and --metrics show one lab, and on a farm each shard has its own")
	}
	return nil
}

// carryOut plays the run here, or has workers play it.
func (c *runCmd) carryOut(
	ctx context.Context, scenario scenarios.Scenario, opt scenarios.Options, s streams, end *ending,
) (*report.Report, error) {
	if !c.used() {
		return scenarios.Run(ctx, scenario, opt)
	}
	bundle, err := c.pack(opt)
	if err != nil {
		return nil, err
	}
	end.begin()
	f, leave, err := c.open(s.err)
	if err != nil {
		return nil, err
	}
	defer leave()
	says := func(text string) {
		if !c.Quiet {
			fmt.Fprintln(s.err, text)
		}
	}
	return f.Run(ctx, bundle, farm.Options{Fresh: c.Fresh, Said: says, Progress: opt.Progress, Command: opt.Command})
}

// pack packs what workers need to know of the run.
func (c *runCmd) pack(opt scenarios.Options) (*farm.Bundle, error) {
	spec := farm.Spec{
		Build: build.ID(), Seed: opt.Lab.Seed, Phones: opt.Lab.Phones, Boots: opt.Lab.Boots,
		Shards: max(1, opt.Shards), Pace: opt.Pace,
	}
	if text, builtin := scenarios.Source(c.Scenario); builtin {
		return farm.Pack(spec, c.Scenario+".yaml", text, nil)
	}
	text, err := bounded.ReadFile(c.Scenario, inventory.MaxExport)
	if err != nil {
		return nil, err
	}
	return farm.Pack(spec, c.Scenario, text, os.DirFS(filepath.Dir(c.Scenario)))
}
