package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/demo"
	"itlsim/scenarios"
)

type demoCmd struct {
	Phones        int    `help:"Number of phones." default:"2000" placeholder:"N"`
	Mode          string `help:"wire: real sockets on loopback; virtual, a simulated network, is not there yet." enum:"wire,virtual" default:"wire"`
	Boots         int    `help:"Phones that boot at a time." default:"${boots}"`
	Tour          string `help:"Play a tour from the start: bulk-reset, trust-loss or recovery." placeholder:"NAME"`
	NoOpen        bool   `help:"Open no browser."`
	Listen        string `help:"Address of the page, host:port. One that is not loopback needs --token." default:"127.0.0.1:0" placeholder:"ADDR"`
	Token         string `help:"What a browser must show once: http://ADDR/?token=TOKEN." env:"ITLSIM_DEMO_TOKEN"`
	AdminPassword string `help:"The administrator's password; a random one if not given." env:"ITLSIM_ADMIN_PASSWORD"`
	PortOffset    *int   `help:"Have the nodes listen on the standard ports plus N; the system chooses ports if not given." placeholder:"N"`
	ReadyFile     string `help:"Write, once everything answers, where it is, as JSON." placeholder:"PATH"`
}

// Run shows a cluster and its phones on a page until it is interrupted.
func (c *demoCmd) Run(ctx context.Context, s streams) error {
	if err := c.check(); err != nil {
		return err
	}
	if c.AdminPassword == "" {
		c.AdminPassword = strings.ToLower(rand.Text()[:8])
	}
	d, err := demo.Start(demo.Config{Phones: c.Phones, Boots: c.Boots, Password: c.AdminPassword, PortOffset: c.PortOffset, Listen: c.Listen, Token: c.Token, Tour: c.Tour})
	if err != nil {
		return err
	}
	defer d.Close()
	r := c.ready(d)
	r.print(s.out)
	fmt.Fprintf(s.out, "%d phones and their cluster: %s\n", c.Phones, d.URL())
	if c.ReadyFile != "" {
		if err := r.write(c.ReadyFile); err != nil {
			return err
		}
		defer os.Remove(c.ReadyFile) // nothing answers any more
	}
	if !c.NoOpen {
		if err := openBrowser(d.URL()); err != nil {
			fmt.Fprintf(s.err, "itlsim: no browser was opened (%v); open the address yourself\n", err)
		}
	}
	<-ctx.Done()
	return nil
}

// check finds what is wrong with the command line before anything starts.
func (c *demoCmd) check() error {
	host, _, err := net.SplitHostPort(c.Listen)
	ip := net.ParseIP(host)
	switch {
	case c.Mode != "wire":
		return usageError("--mode %s is not there yet; --mode wire is", c.Mode)
	case c.Phones < 2 || c.Phones > scenarios.MaxPhones:
		return usageError("--phones %d: want 2 to %d", c.Phones, scenarios.MaxPhones)
	case c.Boots < 1:
		return usageError("--boots %d: want 1 or more", c.Boots)
	case c.PortOffset != nil && (*c.PortOffset < 0 || *c.PortOffset > 50000):
		return usageError("--port-offset %d: want 0 to 50000", *c.PortOffset)
	case err != nil:
		return usageError("--listen %s: want address:port", c.Listen)
	case c.Token == "" && host != "localhost" && (ip == nil || !ip.IsLoopback()):
		return usageError("--listen %s can be reached from other machines: give a --token too", c.Listen)
	case c.Tour != "" && !slices.Contains(demo.TourNames(), c.Tour):
		return usageError("there is no tour %q%s; there are %s", c.Tour, scenarios.DidYouMean(c.Tour, demo.TourNames()), strings.Join(demo.TourNames(), ", "))
	}
	return nil
}

// ready tells where everything is.
func (c *demoCmd) ready(d *demo.Server) *ready {
	r := &ready{Admin: readyAdmin{cucm.AdminUser, c.AdminPassword}, Page: d.URL()}
	ssh := d.SSH()
	for i, n := range d.Cluster().Nodes() {
		role := "subscriber"
		if n.Publisher() {
			role = "publisher"
		}
		r.Nodes = append(r.Nodes, readyNode{
			Name: n.Name(), Role: role, TFTP: n.Address(cucm.TFTPService), HTTP: n.HTTPAddress(), TVS: n.Address(cucm.TVSService),
			SIP: n.Address(cucm.CallManagerService), HTTPS: n.Address(cucm.TomcatService), SSH: ssh[i],
		})
	}
	return r
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
