package main

import (
	"context"
	"fmt"

	"itlsim/demo"
	"itlsim/itl"
	"itlsim/lab"
)

// playFile serves the cluster and the phones of a scenario file without playing its steps.
func (c *serveCmd) playFile(ctx context.Context, s streams, end *ending) error {
	scenario, err := find(c.Scenario, c.Mode)
	if err != nil {
		return err
	}
	fewest, phones := len(scenario.Groups), scenario.Phones()
	if c.Phones != nil {
		phones = *c.Phones
	}
	switch given := c.ownFlags(); {
	case given != "":
		return usageError("%s is for a cluster without a scenario, which says itself what its cluster is", given)
	case phones < fewest || phones > demo.MaxPhones:
		return usageError("--phones %d: want %d to %d", phones, fewest, demo.MaxPhones)
	}
	if err := c.risRate.check(c.Mode); err != nil {
		return err
	}
	warn(s.err, scenario)
	warnOfMode(s.err, c.Mode)
	cfg := demo.Config{
		Phones: phones, Mode: c.Mode, Seed: c.Seed, Tour: &scenario, Still: true, API: c.API, Password: c.AdminPassword,
		PortOffset: c.PortOffset, RISRate: c.RISRate, SSHLegacy: c.SSHLegacy,
	}
	return play(ctx, s, end, played{cfg, c.ReadyFile}, func(*demo.Server) {
		fmt.Fprintf(s.out, "%d phones without power; no step of %s is played\n", phones, scenario.Name)
	})
}

// ownFlags is a flag that was given and is for a cluster without a scenario, "" if none was.
func (c *serveCmd) ownFlags() string {
	for _, f := range []struct {
		name  string
		given bool
	}{
		{"--state", c.State != ""}, {"--state-generation", c.StateGeneration != 0}, {"--release", c.Release != ""},
		{"--key-bits", c.KeyBits != 2048}, {"--digest", c.Digest != itl.SHA1.String()},
		{"--no-auto-registration", !c.AutoRegistration}, {"--address", c.Address != "127.0.0.2"},
		{"--syslog", len(c.Syslog) > 0},
	} {
		if f.given {
			return f.name
		}
	}
	return ""
}

// scenarioFlags is a flag that was given and is for a scenario, "" if none was.
func (c *serveCmd) scenarioFlags() string {
	switch {
	case c.Phones != nil:
		return "--phones"
	case c.Mode != lab.Wire:
		return "--mode"
	case c.Seed != 1:
		return "--seed"
	}
	return ""
}
