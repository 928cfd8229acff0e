package main

import (
	"cmp"
	"context"
	"fmt"
	"net/netip"
	"os"

	"itlsim/internal/build"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/farm"
)

type workerCmd struct {
	Farm      string   `name:"farm" help:"${worker_farm}" placeholder:"URL|FILE"`
	Creds     string   `name:"farm-creds" help:"${farm_creds}" placeholder:"FILE" type:"path"`
	Name      string   `help:"Name of this worker in reports; the machine's name if not given." placeholder:"NAME"`
	Address   string   `help:"${worker_address}" placeholder:"IP"`
	Target    []string `default:"127.0.0.0/8" help:"${worker_target}" placeholder:"CIDR"`
	PhonesMax int      `name:"phones-max" default:"20000" help:"${worker_phones_max}" placeholder:"N"`

	ShardsAtATime int `default:"1" help:"${worker_shards}" placeholder:"N"`
}

// mostAtATime is how many shards a worker plays at a time: each takes a processor, and the
// memory of its phones.
const mostAtATime = 1024

// Run works for whatever run wants workers, until it is interrupted: with an address it has
// phones of runs on sockets, without one it plays shards of those in virtual time.
func (c *workerCmd) Run(ctx context.Context, s streams, end *ending) error {
	if c.ShardsAtATime < 1 || c.ShardsAtATime > mostAtATime {
		return usageError("--shards-at-a-time %d: want 1 to %d", c.ShardsAtATime, mostAtATime)
	}
	m, at, err := c.machine()
	if err != nil {
		return err
	}
	place, err := c.find()
	if err != nil {
		return err
	}
	say := func(what string) { fmt.Fprintf(s.err, "itlsim: %s\n", what) }
	f, err := dialFarm(place, say)
	if err != nil {
		return err
	}
	defer f.Close()
	if c.Address == "" {
		return c.playShards(ctx, f, say, end)
	}
	warnOfSystem(s.err, sockets)
	end.begin()
	fmt.Fprintf(s.err, "itlsim: worker %s is ready\n", m.Name)
	begin := func(kind string, shard lab.Shard) (farm.Duty, error) {
		switch kind {
		case phonesKind:
			at := at
			at.shard = shard
			return &phonesDuty{at: at, takes: c.takes, warnings: s.err}, nil
		case farm.ScenarioKind:
			return &scenarios.Duty{
				Shard: shard, At: at.one, Targets: at.targets, Takes: c.takes, Plan: farm.ReadPlan,
			}, nil
		}
		return nil, fmt.Errorf("this worker does not know how to do a run of %q", kind)
	}
	h := &farm.Hand{Build: build.ID(), Machine: m, Said: say, Begin: begin}
	return h.Serve(ctx, f)
}

// find finds the farm that flags or the environment name.
func (c *workerCmd) find() (farm.Place, error) {
	where, find := c.Farm, farm.Find
	if where == "" {
		where, find = os.Getenv("ITLSIM_FARM"), farm.Variable
	}
	if where == "" {
		return farm.Place{}, usageError("missing: --farm, or the variable ITLSIM_FARM: want nats://HOST:PORT, " +
			"tls://HOST:PORT or what itlsim run --farm-listen says")
	}
	return findFarm(where, c.Creds, find)
}

// playShards plays shards of runs in virtual time. Those that it is at when it is interrupted
// others are given.
func (c *workerCmd) playShards(ctx context.Context, f *farm.Farm, say func(string), end *ending) error {
	end.begin()
	collectLater(lab.Virtual, c.ShardsAtATime)
	defer givingBack()()
	name, _ := os.Hostname() // for people
	w := &farm.Worker{
		Build: build.ID(), Name: cmp.Or(c.Name, fmt.Sprintf("%s/%d", name, os.Getpid())),
		AtATime: c.ShardsAtATime, Said: say,
	}
	say(fmt.Sprintf("worker %s, build %s, is ready", w.Name, w.Build))
	return w.Work(ctx, f)
}

// takes says that these are more phones than this worker has at most.
func (c *workerCmd) takes(phones int) error {
	if phones > c.PhonesMax {
		return fmt.Errorf("%d phones are more than --phones-max %d allows here", phones, c.PhonesMax)
	}
	return nil
}

// machine is this machine, and where its phones may be and send to; without an address it has none.
func (c *workerCmd) machine() (m farm.Machine, at phonesAt, err error) {
	for _, t := range c.Target {
		prefix, err := netip.ParsePrefix(t)
		if err != nil || !prefix.Addr().Is4() {
			return m, at, usageError("--target %q: want addresses such as 10.1.0.0/16, or 10.1.0.7/32 for one alone", t)
		}
		at.targets = append(at.targets, prefix.Masked())
	}
	if c.PhonesMax < 1 || c.PhonesMax > maxPhones {
		return m, at, usageError("--phones-max %d: want 1 to %d", c.PhonesMax, maxPhones)
	}
	if c.Address == "" {
		return m, at, nil
	}
	if at.one, err = machineAddress(c.Address); err != nil {
		return m, at, err
	}
	name, err := os.Hostname()
	if name = cmp.Or(c.Name, name); name == "" {
		return m, at, usageError("--name: this machine has none (%w)", err)
	}
	m = farm.Machine{Name: name, Address: at.one.String(), PhonesMax: c.PhonesMax}
	for _, t := range at.targets {
		m.Targets = append(m.Targets, t.String())
	}
	return m, at, nil
}
