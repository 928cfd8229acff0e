package main

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"syscall"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/wire"
	"itlsim/demo"
	"itlsim/internal/cause"
	"itlsim/internal/interval"
	"itlsim/internal/room"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/sshd"
)

type serveCmd struct {
	Scenario string `arg:"" optional:"" help:"${serve_scenario}" placeholder:"NAME|FILE.yaml"`
	apiAt
	Phones           *int   `help:"Number of phones of a scenario; its own if not given." placeholder:"N"`
	Mode             string `help:"${serve_mode}" enum:"wire,virtual" default:"wire"`
	Seed             int64  `help:"Seed of a scenario; it decides everything in virtual mode." default:"1"`
	State            string `help:"${serve_state}" placeholder:"DIR" type:"path"`
	StateGeneration  int    `help:"${serve_state_generation}" placeholder:"N"`
	ReadyFile        string `help:"${serve_ready_file}" placeholder:"PATH" type:"path"`
	AdminPassword    string `help:"${serve_admin_password}" env:"ITLSIM_ADMIN_PASSWORD" placeholder:"PASSWORD"`
	SecurityPassword string `help:"${serve_security_password}" default:"itlsim" env:"ITLSIM_SECURITY_PASSWORD"`
	Release          string `help:"${serve_release}" enum:",${releases}" default:"" placeholder:"RELEASE"`
	KeyBits          int    `help:"Size of a new cluster's keys: 1024, 2048 or 4096." default:"2048"`
	Digest           string `help:"${serve_digest}" enum:"SHA-1,SHA-512" default:"SHA-1"`
	AutoRegistration bool   `help:"${serve_auto_registration}" negatable:"" default:"true"`
	Address          string `help:"${serve_address}" default:"127.0.0.2"`
	PortOffset       *int   `help:"${serve_port_offset}" placeholder:"N"`
	risRate
	SSHLegacy bool     `name:"ssh-legacy" help:"${ssh_legacy}"`
	Syslog    []string `help:"Send the application log to these collectors, by UDP." placeholder:"HOST:PORT"`
}

// wallClock is the time of day.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

// sshPort is SSH's standard port.
const sshPort = 22

// Run serves until interrupted.
func (c *serveCmd) Run(ctx context.Context, s streams, end *ending) error {
	if err := cmp.Or(checkOffset(c.PortOffset), c.apiAt.check()); err != nil {
		return err
	}
	if c.Scenario != "" {
		return c.playFile(ctx, s, end)
	}
	publisher, err := c.check()
	if err != nil {
		return err
	}
	warnOfSystem(s.err, sockets)
	if c.State != "" {
		warnOfSystem(s.err, stateFiles)
	}
	if c.API != "" {
		return c.serveAPI(ctx, s, end, publisher)
	}
	if err := room.Enough(room.Runs, 0); err != nil {
		return err
	}
	return c.serve(ctx, s, end, publisher)
}

// serve serves a cluster that is no scenario's.
func (c *serveCmd) serve(ctx context.Context, s streams, end *ending, publisher netip.Addr) (err error) {
	file, err := createReady(c.ReadyFile)
	if err != nil {
		return err
	}
	defer file.abandon()
	given := c.AdminPassword != ""
	if !given {
		c.AdminPassword = rand.Text()
	}
	cluster, err := c.open()
	if err != nil {
		return err
	}
	defer closing(cluster, &err)
	c.warnOfRelease(s, cluster)
	hosts := hostsFrom(publisher, len(cluster.Nodes()))
	sockets, err := wire.ListenWith(cluster, hosts, wire.Options{PortOffset: c.PortOffset, RISRate: c.RISRate})
	if err != nil {
		return c.explained(err)
	}
	defer closing(sockets, &err)
	r := ready{Admin: readyAdmin{cucm.AdminUser, c.AdminPassword}, given: given}
	for i, n := range cluster.Nodes() {
		at := net.JoinHostPort(hosts[i], strconv.Itoa(sshPort+*c.PortOffset))
		server, err := sshd.ListenWith(n, at, sshd.Options{Legacy: c.SSHLegacy})
		if err != nil {
			return c.explained(err)
		}
		defer server.Close() // its error would say nothing
		r.Nodes = append(r.Nodes, readyNodeOf(n, server.Addr().String()))
	}
	end.begin()
	r.print(s.out)
	if err := r.write(file); err != nil {
		return err
	}
	defer transient.remove(r.file) // nothing answers any more
	defer interval.Every(time.Second, func() {
		if err := cluster.Tick(); err != nil {
			fmt.Fprintf(s.err, "itlsim: %s\n", cause.Of(err))
		}
	})()
	defer givingBack()()
	<-ctx.Done()
	return nil
}

// serveAPI serves a cluster that is no scenario's as a lab without phones, which programs may
// act on: they speak the sentences of scenario files.
func (c *serveCmd) serveAPI(ctx context.Context, s streams, end *ending, publisher netip.Addr) error {
	scenario := scenarios.Scenario{Name: "serve", Shows: "a cluster without phones of its own", Setup: lab.Setup{
		Cluster: c.config(),
	}}
	cfg := demo.Config{
		Mode: lab.Wire, Tour: &scenario, API: c.API, Password: c.AdminPassword, State: c.State, Address: publisher,
		PortOffset: c.PortOffset, RISRate: c.RISRate, SSHLegacy: c.SSHLegacy,
		Trouble: func(err error) { fmt.Fprintf(s.err, "itlsim: %s\n", cause.Of(err)) },
	}
	err := play(ctx, s, end, played{cfg, c.ReadyFile}, func(d *demo.Server) {
		c.warnOfRelease(s, d.Nodes()[0].Cluster())
	})
	if at, listening := listensAt(err); listening && !slices.Contains(hostsFrom(publisher, cucm.MaxNodes), at.String()) {
		return err // the API's address, which --port-offset does not move
	}
	return c.explained(err)
}

// warnOfRelease tells that a cluster that is kept has a release of its own.
func (c *serveCmd) warnOfRelease(s streams, cluster *cucm.Cluster) {
	if kept := cluster.Release(); c.Release != "" && string(kept) != c.Release {
		fmt.Fprintf(s.err, "itlsim: the cluster kept in %s is of release %s; --release is for a new one\n", c.State, kept)
	}
}

// hostsFrom are the addresses of so many nodes, from the publisher's on.
func hostsFrom(publisher netip.Addr, nodes int) (hosts []string) {
	for addr := publisher; len(hosts) < nodes; addr = addr.Next() {
		hosts = append(hosts, addr.String())
	}
	return hosts
}

// check finds what is wrong with the command line before anything starts.
func (c *serveCmd) check() (publisher netip.Addr, err error) {
	publisher, err = netip.ParseAddr(c.Address)
	if c.PortOffset == nil {
		c.PortOffset = new(int)
	}
	switch given := c.scenarioFlags(); {
	case given != "":
		return publisher, usageError("%s is for a scenario: itlsim serve FILE.yaml %s", given, given)
	case err != nil || !publisher.Is4():
		return publisher, usageError("--address %s: want an IPv4 address", c.Address)
	case !itl.CanSign(c.KeyBits) || !slices.Contains(c.release().Facts().KeyBits, c.KeyBits):
		return publisher, usageError("--key-bits %d: want 1024, 2048 or 4096", c.KeyBits)
	case c.StateGeneration < 0:
		return publisher, usageError("--state-generation %d: want the number of a generation", c.StateGeneration)
	case c.StateGeneration > 0 && c.State == "":
		return publisher, usageError("--state-generation is for a directory: give its --state, too")
	}
	for _, collector := range c.Syslog {
		_, service, err := net.SplitHostPort(collector)
		if port, lookupErr := net.LookupPort("udp", service); err != nil || lookupErr != nil || port == 0 {
			return publisher, usageError("--syslog %s: want host:port", collector)
		}
	}
	return publisher, cmp.Or(c.risRate.check(lab.Wire), checkDirectory("--state", c.State))
}

// release is that of a new cluster.
func (c *serveCmd) release() cucm.Release { return cmp.Or(cucm.Release(c.Release), cucm.Release10) }

// config is that of the cluster, as far as the command line says.
func (c *serveCmd) config() cucm.Config {
	cfg := cucm.Cisco117598()
	cfg.KeyBits, cfg.Release = c.KeyBits, c.release()
	cfg.Password, cfg.Security, cfg.Syslog = c.AdminPassword, c.SecurityPassword, c.Syslog
	cfg.AutoRegister, cfg.Generation = c.AutoRegistration, c.StateGeneration
	if c.Digest == itl.SHA512.String() {
		cfg.Digest = itl.SHA512
	}
	return cfg
}

// open installs a cluster, or brings up the one that is kept.
func (c *serveCmd) open() (*cucm.Cluster, error) {
	cfg := c.config()
	cfg.Clock, cfg.SendMail = wallClock{}, wire.Mailer(nil)
	if c.State == "" {
		return cucm.New(cfg)
	}
	return cucm.Open(c.State, cfg)
}

// explained adds what to do about an address that is taken or reserved. For all
// other errors see advice.
func (c *serveCmd) explained(err error) error {
	if !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, syscall.EACCES) {
		return err
	}
	const todo = "--port-offset N moves all ports, --address A the nodes' addresses; ports under 1024 need privileges"
	return &exitError{exitBroken, fmt.Errorf("%w\n%s", err, todo)}
}

// closing closes something, and keeps its error if there is none yet.
func closing(c io.Closer, err *error) {
	if cerr := c.Close(); *err == nil {
		*err = cerr
	}
}
