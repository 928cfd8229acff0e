package main

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"itlsim/scenarios/farm"
	"itlsim/scenarios/farm/host"
)

// farmAt are the flags of a command that workers work for.
type farmAt struct {
	Farm   string `name:"farm" help:"${farm}" placeholder:"URL"`
	Listen string `name:"farm-listen" help:"${farm_listen}" placeholder:"ADDR"`
	Store  string `name:"farm-store" help:"${farm_store}" placeholder:"DIR" type:"path"`
	Creds  string `name:"farm-creds" help:"${farm_creds}" placeholder:"FILE" type:"path"`

	place farm.Place // of Farm, as it was found
}

// used reports whether workers are wanted.
func (c *farmAt) used() bool { return c.Farm != "" || c.Listen != "" }

// check says what is wrong with the flags, completes them, and finds the farm that is there.
func (c *farmAt) check() (err error) {
	switch {
	case c.Farm != "" && c.Listen != "":
		return usageError("--farm joins a running farm, and --farm-listen starts one: give only one of them")
	case c.Store != "" && c.Listen == "":
		return usageError("--farm-store is for the farm of --farm-listen")
	case c.Creds != "" && c.Farm == "":
		return usageError("--farm-creds are for the farm of --farm")
	case c.Farm != "" && !strings.Contains(c.Farm, "://"):
		return usageError("--farm %s: want nats://HOST:PORT or tls://HOST:PORT; a join string is for workers", c.Farm)
	case c.Farm != "":
		c.place, err = findFarm(c.Farm, c.Creds, farm.Find)
	case c.Listen != "":
		c.Listen, err = listenAt("--farm-listen", c.Listen)
	}
	return cmp.Or(err, checkDirectory("--farm-store", c.Store))
}

// open connects to the farm, or begins it. close ends what it began.
func (c *farmAt) open(said io.Writer) (f *farm.Farm, close func(), err error) {
	say := func(what string) { fmt.Fprintf(said, "itlsim: %s\n", what) }
	if c.Farm != "" {
		f, err := dialFarm(c.place, say)
		if err != nil {
			return nil, nil, err
		}
		return f, f.Close, nil
	}
	server, err := host.Start(host.Config{Listen: c.Listen, Store: c.Store})
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

// findFarm finds out what is said of where a farm is.
func findFarm(where, creds string, find func(where, creds string) (farm.Place, error)) (farm.Place, error) {
	at, err := find(where, creds)
	if err != nil {
		err = usageError("--farm: %w", err)
	}
	return at, err
}

// dialFarm connects to a farm that is there.
func dialFarm(at farm.Place, say func(string)) (*farm.Farm, error) {
	if at.Warning != "" {
		say("warning: --farm: " + at.Warning)
	}
	return farm.Dial(at, "run", say)
}
