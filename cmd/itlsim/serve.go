package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"text/tabwriter"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/wire"
	"itlsim/sshd"
	"itlsim/tftp"
)

type serveCmd struct {
	State            string   `help:"Keep the cluster in this directory, and bring up the one that is kept there." placeholder:"DIR" type:"path"`
	ReadyFile        string   `help:"Write the addresses and the login as JSON once everything answers." placeholder:"PATH" type:"path"`
	AdminPassword    string   `help:"Password of admin; a random one is made and printed if not given." env:"ITLSIM_ADMIN_PASSWORD" placeholder:"PASSWORD"`
	SecurityPassword string   `help:"Cluster security password of a new cluster, which protects ITLRecovery.p12." default:"itlsim" env:"ITLSIM_SECURITY_PASSWORD"`
	Release          string   `help:"Release of a new cluster: 10.0 or 12.5." enum:"10.0,12.5" default:"10.0"`
	KeyBits          int      `help:"Size of a new cluster's keys: 1024, 2048 or 4096." default:"2048"`
	Address          string   `help:"IPv4 address of the publisher; the other nodes have those that follow." default:"127.0.0.2"`
	PortOffset       int      `help:"Add N to every standard port." placeholder:"N"`
	Syslog           []string `help:"Send the application log to these collectors, by UDP." placeholder:"HOST:PORT"`
}

// wallClock is the time of day.
type wallClock struct{}

func (wallClock) Now() time.Time { return time.Now() }

// ready is what the ready file says. More may be added, nothing removed.
type ready struct {
	Nodes []readyNode `json:"nodes"`
	Admin readyAdmin  `json:"admin"`
	Page  string      `json:"page,omitempty"`
}

type readyNode struct {
	Name  string `json:"name"`
	Role  string `json:"role"`
	TFTP  string `json:"tftp,omitempty"`
	HTTP  string `json:"http,omitempty"`
	TVS   string `json:"tvs,omitempty"`
	SIP   string `json:"sip,omitempty"`
	HTTPS string `json:"https,omitempty"` // the corporate directory
	SSH   string `json:"ssh"`
}

// readyNodeOf tells where a node that listens on sockets is.
func readyNodeOf(n *cucm.Node, ssh string) readyNode {
	r := readyNode{
		Name: n.Name(), Role: "subscriber", TFTP: n.Address(cucm.TFTPService), HTTP: tftp.HTTPAddress(n.Address(cucm.TFTPService)), TVS: n.Address(cucm.TVSService),
		SIP: n.Address(cucm.CallManagerService), HTTPS: n.Address(cucm.TomcatService), SSH: ssh,
	}
	if n.Publisher() {
		r.Role = "publisher"
	}
	return r
}

type readyAdmin struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

// sshPort is SSH's standard port.
const sshPort = 22

// Run serves until interrupted.
func (c *serveCmd) Run(ctx context.Context, s streams) (err error) {
	publisher, err := netip.ParseAddr(c.Address)
	if err != nil || !publisher.Is4() {
		return usageError("--address %s: want an IPv4 address", c.Address)
	}
	if c.PortOffset < 0 || c.PortOffset > 50000 {
		return usageError("--port-offset %d: want 0 to 50000", c.PortOffset)
	}
	if c.KeyBits != 1024 && c.KeyBits != 2048 && c.KeyBits != 4096 {
		return usageError("--key-bits %d: want 1024, 2048 or 4096", c.KeyBits)
	}
	file, err := createReady(c.ReadyFile)
	if err != nil {
		return err
	}
	defer file.abandon()
	if c.AdminPassword == "" {
		c.AdminPassword = rand.Text()
	}
	cluster, err := c.open()
	if err != nil {
		return err
	}
	defer closing(cluster, &err)

	var hosts []string
	for addr := publisher; len(hosts) < len(cluster.Nodes()); addr = addr.Next() {
		hosts = append(hosts, addr.String())
	}
	sockets, err := wire.ListenAt(cluster, hosts, c.PortOffset)
	if err != nil {
		return c.explained(err)
	}
	defer closing(sockets, &err)
	r := ready{Admin: readyAdmin{cucm.AdminUser, c.AdminPassword}}
	for i, n := range cluster.Nodes() {
		server, err := sshd.Listen(n, net.JoinHostPort(hosts[i], strconv.Itoa(sshPort+c.PortOffset)))
		if err != nil {
			return c.explained(err)
		}
		defer server.Close() // whose error says nothing: it was listening
		r.Nodes = append(r.Nodes, readyNodeOf(n, server.Addr().String()))
	}
	r.print(s.out)
	if c.ReadyFile != "" {
		if err := r.write(file); err != nil {
			return err
		}
		defer os.Remove(c.ReadyFile) // nothing answers any more
	}
	for tick := time.NewTicker(time.Second); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return nil
		case <-tick.C:
			if err := cluster.Tick(); err != nil {
				fmt.Fprintf(s.err, "itlsim: %v\n", err)
			}
		}
	}
}

// open installs the cluster, or brings up the one that is kept.
func (c *serveCmd) open() (*cucm.Cluster, error) {
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.KeyBits, cfg.Release = wallClock{}, c.KeyBits, cucm.Release(c.Release)
	cfg.Password, cfg.Security, cfg.Syslog = c.AdminPassword, c.SecurityPassword, c.Syslog
	cfg.SendMail = wire.Mailer(nil)
	cfg.AutoRegister = true // whoever points a phone here wants it served
	if c.State == "" {
		return cucm.New(cfg)
	}
	return cucm.Open(c.State, cfg)
}

// explained says what to do about an address that is taken or reserved; what else
// can be wrong has its advice in common with other commands.
func (c *serveCmd) explained(err error) error {
	if !errors.Is(err, syscall.EADDRINUSE) && !errors.Is(err, syscall.EACCES) {
		return err
	}
	return &exitError{exitBroken, fmt.Errorf("%w\n--port-offset N moves all ports, --address A the nodes' addresses; ports under 1024 need privileges", err)}
}

func closing(c io.Closer, err *error) {
	if cerr := c.Close(); *err == nil {
		*err = cerr
	}
}

func (r *ready) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, n := range r.Nodes {
		fmt.Fprintf(w, "%s\t%s", n.Name, n.Role)
		for _, service := range [][2]string{{"tftp", n.TFTP}, {"http", n.HTTP}, {"tvs", n.TVS}, {"sip", n.SIP}, {"https", n.HTTPS}, {"ssh", n.SSH}} {
			if service[1] != "" {
				fmt.Fprintf(w, "\t%s %s", service[0], service[1])
			}
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "user %s, password %s\n", r.Admin.User, r.Admin.Password)
	_ = w.Flush()
}

// createReady begins the ready file, if there is to be one. It holds a password.
func createReady(name string) (wholeFile, error) { return createNamed("--ready-file", name, 0o600) }

// write writes the file at once: whoever waits for it finds all of it.
func (r *ready) write(f wholeFile) error {
	err := json.NewEncoder(f).Encode(r)
	if err == nil {
		err = f.finish()
	}
	if err != nil {
		f.abandon()
		return fmt.Errorf("ready file: %w", err)
	}
	return nil
}
