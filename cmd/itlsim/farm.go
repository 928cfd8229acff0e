package main

import (
	"fmt"
	"io"

	"itlsim/scenarios/farm"
	"itlsim/scenarios/farm/host"
)

// farmAt are the flags of a command that workers work for.
type farmAt struct {
	Farm   string `name:"farm" help:"${farm}" placeholder:"URL|FILE"`
	Listen string `name:"farm-listen" help:"${farm_listen}" placeholder:"ADDR"`
	Store  string `name:"farm-store" help:"${farm_store}" placeholder:"DIR"`
	Creds  string `name:"farm-creds" help:"${farm_creds}" placeholder:"FILE"`
}

// used reports whether workers are wanted.
func (c *farmAt) used() bool { return c.Farm != "" || c.Listen != "" }

// check says what is wrong with the flags.
func (c *farmAt) check() error {
	switch {
	case c.Farm != "" && c.Listen != "":
		return usageError("--farm is a farm that is there, and --farm-listen begins one: name one of them")
	case c.Store != "" && c.Listen == "":
		return usageError("--farm-store is where the farm of --farm-listen is kept")
	case c.Creds != "" && c.Farm == "":
		return usageError("--farm-creds are for the farm of --farm")
	}
	return nil
}

// open connects to the farm, or begins it. close ends what it began.
func (c *farmAt) open(said io.Writer) (f *farm.Farm, close func(), err error) {
	say := func(what string) { fmt.Fprintf(said, "itlsim: %s\n", what) }
	if c.Farm != "" {
		f, err := dialFarm(c.Farm, c.Creds, farm.Find, say)
		if err != nil {
			return nil, nil, err
		}
		return f, f.Close, nil
	}
	at, err := listenAt("--farm-listen", c.Listen)
	if err != nil {
		return nil, nil, err
	}
	server, err := host.Start(host.Config{Listen: at, Store: c.Store})
	if err != nil {
		return nil, nil, fmt.Errorf("--farm-listen: %w", err)
	}
	if f, err = farm.Dial(server.Place(), "run", say); err != nil {
		server.Close()
		return nil, nil, err
	}
	fmt.Fprintf(said, "workers join by: itlsim worker --farm %s\n", quoted(server.JoinFile()))
	return f, func() { f.Close(); server.Close() }, nil
}

// dialFarm connects to a farm that is there.
func dialFarm(
	where, creds string, find func(where, creds string) (farm.Place, error), say func(string),
) (*farm.Farm, error) {
	at, err := find(where, creds)
	if err != nil {
		return nil, usageError("--farm: %w", err)
	}
	if at.Warning != "" {
		say("warning: --farm: " + at.Warning)
	}
	return farm.Dial(at, "run", say)
}
