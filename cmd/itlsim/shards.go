package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/language"
)

// inShards are the flags of a run whose phones are played in parts, here or elsewhere.
type inShards struct {
	Shards *int          `help:"${run_shards}" placeholder:"S"`
	Pace   time.Duration `help:"${run_pace}" placeholder:"D"`
	Shard  *int          `help:"${run_shard}" placeholder:"I"`
	Part   string        `help:"${run_part}" placeholder:"PATH" type:"path"`
}

// shards is how many there are, 1 if not given.
func (c *inShards) shards() int {
	if c.Shards == nil {
		return 1
	}
	return *c.Shards
}

// atATime is how many shards are played at a time, 0 where the run is in none.
func (c *runCmd) atATime() int {
	switch {
	case c.shards() == 1:
		return 0
	case c.Shard != nil:
		return 1
	}
	return min(c.shards(), max(1, c.Workers))
}

// checkShards finds what is wrong with these flags, for so many phones.
func (c *runCmd) checkShards(s scenarios.Scenario, phones int) error {
	most := min(phones, scenarios.MaxShards)
	switch asked := c.Shards != nil || c.Pace != 0; {
	case !asked && c.Shard == nil && c.Part == "":
		return nil
	case (c.Shard == nil) != (c.Part == ""), c.Shard != nil && c.Shards == nil:
		return usageError("--shards S, --shard I and --part PATH go together: a part is one of S")
	case c.Mode != lab.Virtual:
		return usageError("--shards and --pace are for --mode virtual")
	case c.shards() < 1 || c.shards() > most:
		return usageError("--shards %d: want 1 to %d", c.shards(), most)
	case c.Pace != 0 && (c.Pace < scenarios.MinPace || c.Pace > scenarios.MaxPace):
		return usageError("--pace %v: want %v to %v", c.Pace, scenarios.MinPace, scenarios.MaxPace)
	case c.Shard != nil && (*c.Shard < 0 || *c.Shard >= c.shards()):
		return usageError("--shard %d: want 0 to %d", *c.Shard, c.shards()-1)
	case (c.shards() > 1 || c.Shard != nil) && (c.Page != "" || c.Metrics != ""):
		return usageError("--page and --metrics show one lab, and each of --shards has its own")
	case c.Shard != nil && c.reportsAt != reportsAt{}:
		return usageError("--shard writes a part, not a report: itlsim merge makes one of all parts")
	}
	if c.shards() > 1 {
		if err := s.Shardable(); err != nil {
			return &exitError{exitUsage, err}
		}
	}
	return nil
}

// fewest is how many phones a shard should have: of fewer, what each shard costs whatever its
// phones do prevails.
const fewest = 10_000

// warn says where shards are smaller than is of use.
func (c *inShards) warn(out io.Writer, phones int) {
	if n := phones / c.shards(); c.shards() > 1 && n < fewest {
		fmt.Fprintf(out, "warning: each shard has %s phones; with fewer than %s, shards cost extra processor time\n",
			language.Number(n), language.Number(fewest))
	}
}

// play plays one shard and writes its part, which has its name when it is whole.
func (c *runCmd) play(
	ctx context.Context, scenario scenarios.Scenario, opt scenarios.Options, s streams, end *ending,
) error {
	file, err := createNamed("--part", c.Part, 0o666)
	if err != nil {
		return err
	}
	defer file.abandon()
	opt.Opened = func(*lab.Lab) { end.begin() }
	part, err := scenarios.RunShard(ctx, scenario, opt, *c.Shard)
	if err != nil {
		return interrupted(err)
	}
	part.Build = build.ID() // parts of sources that have changed since are no parts of one run
	if err := part.Write(file); err != nil {
		return err
	}
	fmt.Fprintf(s.out, "shard %d of %d: %s of %s phones, %d steps\n", part.Index, part.Shards,
		language.Number(part.Report.Phones), language.Number(part.Phones), len(part.Report.Steps))
	return file.finish()
}
