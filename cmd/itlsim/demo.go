package main

import (
	"cmp"
	"context"
	"fmt"
	"os/exec"
	"runtime"

	"itlsim/demo"
	"itlsim/internal/cause"
)

type demoCmd struct {
	Phones int    `help:"Number of phones; 2000 if not given." default:"2000" placeholder:"N"`
	Mode   string `help:"${demo_mode}" enum:"wire,virtual" default:"wire"`
	Seed   int64  `help:"Seed of virtual mode." default:"1"`
	Boots  *int   `help:"${demo_boots}" placeholder:"N"`
	Tour   string `help:"${demo_tour}" placeholder:"NAME|FILE.yaml"`
	NoOpen bool   `help:"Do not open a browser; with a token, none is opened anyway."`
	apiAt
	Listen        string `help:"${demo_listen}" default:"127.0.0.1:0" placeholder:"ADDR"`
	SSHLegacy     bool   `name:"ssh-legacy" help:"${ssh_legacy}"`
	Token         string `help:"${demo_token}" env:"ITLSIM_DEMO_TOKEN" placeholder:"TOKEN"`
	AdminPassword string `help:"${demo_admin_password}" env:"ITLSIM_ADMIN_PASSWORD" placeholder:"PASSWORD"`
	PortOffset    *int   `help:"${demo_port_offset}" placeholder:"N"`
	risRate
	ReadyFile string `help:"${serve_ready_file}" placeholder:"PATH" type:"path"`
}

// Run shows a cluster and its phones on a page until it is interrupted.
func (c *demoCmd) Run(ctx context.Context, s streams, end *ending) error {
	cfg, err := c.check()
	if err != nil {
		return err
	}
	warnOfMode(s.err, c.Mode)
	if cfg.Tour != nil {
		warn(s.err, *cfg.Tour)
	}
	return play(ctx, s, end, played{cfg, c.ReadyFile}, func(d *demo.Server) {
		fmt.Fprintf(s.out, "%d phones and their cluster: %s\n", c.Phones, d.URL())
		if c.NoOpen || c.Token != "" { // a browser's arguments would show the token to all users of the machine
			return
		}
		if err := openBrowser(d.URL()); err != nil {
			fmt.Fprintf(s.err, "itlsim: no browser was opened: %s; open the address yourself\n", cause.Of(err))
		}
	})
}

// check finds what is wrong with the command line before anything starts.
func (c *demoCmd) check() (demo.Config, error) {
	wrong := c.apiAt.check()
	cfg := demo.Config{
		Phones: c.Phones, Mode: c.Mode, Seed: c.Seed, PortOffset: c.PortOffset, Listen: c.Listen, Token: c.Token,
		SSHLegacy: c.SSHLegacy, RISRate: c.RISRate, API: c.API, Password: c.AdminPassword,
	}
	fewest := 2
	if c.Tour != "" {
		tour, err := find(c.Tour, c.Mode)
		if err != nil {
			return cfg, err
		}
		cfg.Tour, fewest = &tour, max(fewest, len(tour.Groups))
	}
	err := checkPage("--listen", c.Listen, "--token", c.Token)
	switch {
	case c.Phones < fewest || c.Phones > demo.MaxPhones:
		return cfg, usageError("--phones %d: want %d to %d", c.Phones, fewest, demo.MaxPhones)
	case c.Boots != nil && *c.Boots < 1:
		return cfg, usageError("--boots %d: want 1 or more", *c.Boots)
	case err != nil:
		return cfg, err
	case c.Boots != nil:
		cfg.Boots = *c.Boots
	}
	return cfg, cmp.Or(checkOffset(c.PortOffset), wrong, c.risRate.check(c.Mode))
}

// openBrowser opens the page with what the system has for it.
func openBrowser(url string) error {
	var cmd *exec.Cmd
	switch runtime.GOOS {
	case "darwin":
		cmd = exec.Command("open", url)
	case "windows":
		cmd = exec.Command("rundll32", "url.dll,FileProtocolHandler", url)
	default:
		cmd = exec.Command("xdg-open", url)
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	go cmd.Wait() // how it ends does not matter
	return nil
}
