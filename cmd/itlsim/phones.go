package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"time"

	"itlsim/fleet"
	"itlsim/fleet/wire"
	"itlsim/internal/cause"
	"itlsim/internal/room"
	"itlsim/lab/metrics"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
	"itlsim/tftp"
)

type phonesCmd struct {
	TFTP   []string `name:"tftp" required:"" placeholder:"ADDR" help:"${phones_tftp}"`
	Phones int      `default:"10" help:"Number of phones; 10 if not given." placeholder:"N"`
	Name   string   `default:"SEP001BD4000000" help:"Name of the first phone; the others count on from it."`
	Number string   `help:"${phones_number}" placeholder:"NUMBER"`
	Model  []string `help:"${phones_model}"`
	From   string   `default:"127.16.0.1" help:"${phones_from}"`
	Boots  int      `default:"${boots}" help:"Phones that boot at a time."`

	SIPPort int    `name:"sip-port" help:"${phones_sip_port}" placeholder:"PORT"`
	WebPort int    `name:"web-port" help:"${phones_web_port}" placeholder:"PORT"`
	Stay    bool   `help:"${phones_stay}"`
	JSON    string `name:"json" help:"${phones_json}" placeholder:"PATH"`

	metricsAt
	Directory bool `help:"${phones_directory}"`
}

// Run boots phones against servers, and prints the outcome.
func (c *phonesCmd) Run(ctx context.Context, s streams, end *ending) error {
	watched, err := c.metricsAt.listen()
	if err != nil {
		return err
	}
	defer watched.close()
	f, happens, err := c.fleet(s.err)
	if err != nil {
		return err
	}
	defer f.Close()
	o, err := newOutcomes(f, c.JSON, s.out)
	if err != nil {
		return err
	}
	defer o.end()
	watched.show(s.err, func() metrics.Source { return metrics.Source{Fleet: f} })
	defer heed(func() {
		if _, err := o.write(); err != nil {
			fmt.Fprintf(s.err, "itlsim: %s\n", cause.Of(err))
		}
	})()
	end.begin()
	err = c.drive(ctx, f)
	interrupted := errors.Is(err, context.Canceled)
	if interrupted {
		f.Close() // so that all of the report is about one moment
	} else if err != nil {
		return err
	}
	report, err := o.write()
	switch {
	case err != nil:
		return err
	case interrupted:
		return &exitError{exitInterrupted, errors.New("interrupted")}
	case c.Stay:
		fmt.Fprintf(s.err, "The phones stay on; their pages are at port %d of their addresses, from %s on.\n",
			f.WebPort(), c.From)
		defer givingBack()()
		happens.tell(ctx, s.err, func(i int) string { return f.Phone(i).Name })
		_, err := o.write()
		return err
	case report.lacking():
		return errFailed
	}
	return nil
}

// drive has the phones boot, and open the directory where that is wanted.
func (c *phonesCmd) drive(ctx context.Context, f *wire.Fleet) error {
	f.Send(phone.PowerOn{}, nil)
	if err := f.Settle(ctx); err != nil {
		return err
	}
	if err := awaitResets(ctx, f); err != nil || !c.Directory {
		return err
	}
	f.Send(phone.OpenDirectory{}, nil)
	return f.Settle(ctx)
}

// newcomerPatience is how long phones that registered by the default configuration
// are given until the next of them is reset, as a call manager does that has entered them
// into its database. No document tells how long that takes.
const newcomerPatience = 5 * time.Second

// awaitResets waits until no phone is registered by the default configuration, or
// none of them is reset any more.
func awaitResets(ctx context.Context, f *wire.Fleet) error {
	err := awaitNone(ctx, func() (newcomers int) {
		for _, v := range f.Phones() {
			if v.CallManager != "" && v.Flash.Config.Default {
				newcomers++
			}
		}
		return newcomers
	})
	if err != nil {
		return err
	}
	return f.Settle(ctx)
}

// awaitNone waits until there are no newcomers, or as many as there were for as long as
// they are given.
func awaitNone(ctx context.Context, newcomers func() int) error {
	over := time.Now().Add(newcomerPatience)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for least := newcomers(); least > 0 && time.Now().Before(over); {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
		if now := newcomers(); now < least {
			least, over = now, time.Now().Add(newcomerPatience)
		}
	}
	return nil
}

// maxPhones bounds a command line's number of phones.
const maxPhones = 1_000_000

var deviceName = regexp.MustCompile(`^SEP[0-9A-F]{12}$`)

// fleet makes the phones, whose changes are noted, or says what is wrong with the command
// line.
func (c *phonesCmd) fleet(warnings io.Writer) (*wire.Fleet, *changes, error) {
	from, err := netip.ParseAddr(c.From)
	switch {
	case c.Phones < 1 || c.Phones > maxPhones:
		return nil, nil, usageError("--phones %d: want 1 to %d", c.Phones, maxPhones)
	case !deviceName.MatchString(c.Name):
		return nil, nil, usageError("--name %q: want SEP and the twelve digits (0 to 9, A to F) of a MAC address", c.Name)
	case c.Boots < 1:
		return nil, nil, usageError("--boots %d: want 1 or more", c.Boots)
	case err != nil || !from.Is4() || !from.IsLoopback():
		return nil, nil, usageError("--from %q: want an address in 127.0.0.0/8", c.From)
	case c.Phones > addressesFrom(from):
		return nil, nil, usageError("--from %s: 127.0.0.0/8 has %d addresses from there on, for %d phones",
			c.From, addressesFrom(from), c.Phones)
	}
	profiles, err := c.profiles(warnings)
	if err != nil {
		return nil, nil, err
	}
	servers, anywhere, err := tftpServers(c.TFTP)
	if err != nil {
		return nil, nil, err
	}
	if err := room.Enough(room.Runs, uint64(c.Phones)*wire.PhoneMemory); err != nil {
		return nil, nil, err
	}
	happens := newChanges(c.Phones)
	f, err := wire.New(wire.Config{
		Clock: wallClock{}, SIPPort: c.SIPPort, WebPort: c.WebPort, Anywhere: anywhere,
		Limits: fleet.Limits{Boots: c.Boots}, Observer: happens,
	})
	if err != nil {
		return nil, nil, err
	}
	var mac uint64
	fmt.Sscanf(c.Name[3:], "%X", &mac)
	library := &phone.Library{}
	for i := range c.Phones {
		f.Add(phone.New(phone.Setup{
			Name: fmt.Sprintf("SEP%012X", (mac+uint64(i))&0xFFFFFFFFFFFF), IP: from, Number: c.Number,
			Profile: profiles[i%len(profiles)], Servers: servers, Library: library,
		}))
		from = from.Next()
	}
	return f, happens, nil
}

// addressesFrom is how many addresses 127.0.0.0/8 has from this one on, without the
// broadcast address.
func addressesFrom(from netip.Addr) int {
	a := from.As4()
	return 0xFFFFFF - (int(a[1])<<16 | int(a[2])<<8 | int(a[3]))
}

// profiles are those of the models on the command line, or a mix.
func (c *phonesCmd) profiles(warnings io.Writer) ([]*phone.Profile, error) {
	if len(c.Model) == 0 {
		return phone.Profiles(), nil
	}
	var profiles []*phone.Profile
	warned := make(inventory.Warned)
	for _, name := range c.Model {
		if strings.TrimSpace(name) == "" {
			return nil, usageError("--model: the value is missing")
		}
		p, warning := phone.ProfileOf(name)
		if warned.Once(p.Model, warning) {
			fmt.Fprintf(warnings, "warning: --model: %s\n", warning)
		}
		profiles = append(profiles, p)
	}
	return profiles, nil
}

// tftpServers completes the addresses. anywhere reports whether one of them is not
// on this machine.
func tftpServers(given []string) (servers []string, anywhere bool, err error) {
	switch {
	case len(given) == 0:
		return nil, false, usageError("--tftp: the value is missing")
	case len(given) > phone.MaxServers:
		return nil, false, usageError("--tftp: a phone asks at most %d servers", phone.MaxServers)
	}
	for _, s := range given {
		if _, _, err := net.SplitHostPort(s); err != nil {
			s = net.JoinHostPort(strings.Trim(s, "[]"), strconv.Itoa(tftp.Port))
		}
		addr, err := net.ResolveUDPAddr("udp4", s)
		if err != nil {
			return nil, false, usageError("--tftp %s: %w", s, err)
		}
		servers = append(servers, addr.String())
		anywhere = anywhere || !addr.IP.IsLoopback()
	}
	return servers, anywhere, nil
}
