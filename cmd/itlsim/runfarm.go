package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/netip"
	"os"
	"path/filepath"

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
	Fresh   bool   `help:"${run_fresh}"`
	Wanted  *int   `name:"workers-wanted" help:"${run_workers_wanted}" placeholder:"N"`
	Address string `help:"${run_address}" placeholder:"IP"`
}

// wanted is how many workers have the phones of a run on sockets.
func (c *onFarm) wanted() int {
	if c.Wanted == nil {
		return 1
	}
	return *c.Wanted
}

// checkFarm finds what is wrong with these flags, for so many phones.
func (c *runCmd) checkFarm(phones int) error {
	switch inWire := c.Wanted != nil || c.Address != ""; {
	case !c.used() && c.Fresh:
		return usageError("--fresh is for --farm or --farm-listen")
	case !c.used() && inWire:
		return usageError("--workers-wanted and --address are for --farm or --farm-listen")
	case !c.used():
		return nil
	case c.Page != "" || c.Metrics != "":
		return usageError("--page and --metrics show one lab, and on a farm each worker has its own")
	case c.Mode == lab.Wire && c.Fresh:
		return usageError("--fresh is for --mode virtual: a run on sockets leaves nothing on a farm")
	case c.Mode == lab.Wire && (c.wanted() < 1 || c.wanted() > phones):
		return usageError("--workers-wanted %d: want 1 to %d, a phone for each", c.wanted(), phones)
	case c.Mode == lab.Wire:
		_, err := c.nodes()
		return err
	case inWire:
		return usageError("--workers-wanted and --address are for --mode wire: in virtual mode any worker may play a shard")
	case c.Shard != nil:
		return usageError("--shard plays one shard here, a farm plays all of them elsewhere: give one or the other")
	case c.Workers > 0:
		return usageError("--workers is for processors of this machine: itlsim worker has --shards-at-a-time")
	}
	return nil
}

// nodes is the address of the first node of a run on sockets; the zero one is not given.
func (c *onFarm) nodes() (at netip.Addr, err error) {
	if c.Address == "" {
		return at, nil
	}
	return machineAddress(c.Address)
}

// carryOut plays the run here, or has workers play it.
func (c *runCmd) carryOut(
	ctx context.Context, scenario scenarios.Scenario, opt scenarios.Options, s streams, end *ending,
) (*report.Report, error) {
	if !c.used() {
		return scenarios.Run(ctx, scenario, opt)
	}
	if c.Mode == lab.Wire {
		opt.Shards = c.wanted()
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
	if c.Mode == lab.Wire {
		return c.byCrew(ctx, f, scenario, bundle, opt, s)
	}
	says := func(text string) {
		if !c.Quiet {
			fmt.Fprintln(s.err, text)
		}
	}
	return f.Run(ctx, bundle, farm.Options{Fresh: c.Fresh, Said: says, Progress: opt.Progress, Command: opt.Command})
}

// byCrew plays the run on sockets, with the clusters here and the phones at workers.
func (c *runCmd) byCrew(
	ctx context.Context, f *farm.Farm, scenario scenarios.Scenario, bundle *farm.Bundle, opt scenarios.Options, s streams,
) (*report.Report, error) {
	said := s.err
	if c.Quiet {
		said = io.Discard
	}
	crew, err := gather(ctx, f, farm.ScenarioKind, c.wanted(), cmp.Or(opt.Lab.Phones, scenario.Phones()), said)
	if err != nil {
		return nil, err
	}
	defer crew.Close()
	opt.Crew, opt.Shards = crew, 1
	if opt.Plan, err = bundle.Whole(); err == nil {
		opt.Lab.Address, err = c.nodes()
	}
	if err != nil {
		return nil, err
	}
	return scenarios.Run(ctx, scenario, opt)
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
