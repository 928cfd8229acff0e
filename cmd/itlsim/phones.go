package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"itlsim/fleet/wire"
	"itlsim/internal/cause"
	"itlsim/lab/metrics"
	"itlsim/phone"
	"itlsim/tftp"
)

type phonesCmd struct {
	phonesSpec
	From    string        `default:"127.16.0.1" help:"${phones_from}"`
	Address string        `help:"${phones_address}" placeholder:"IP"`
	Quiet   time.Duration `name:"quiet-for" help:"${phones_quiet}" placeholder:"DURATION"`
	Stay    bool          `help:"${phones_stay}"`
	JSON    string        `name:"json" help:"${phones_json}" placeholder:"PATH" type:"path"`

	metricsAt
	farmAt
	Workers int `name:"workers-wanted" default:"1" help:"${phones_workers}" placeholder:"N"`
}

// Run boots phones against servers, and prints the outcome.
func (c *phonesCmd) Run(ctx context.Context, s streams, end *ending) error {
	if err := cmp.Or(c.farmAt.check(), c.checkQuiet(), c.phonesSpec.check()); err != nil {
		return err
	}
	if c.farmAt.used() {
		return c.runByFarm(ctx, s, end)
	}
	at, err := c.places()
	if err = cmp.Or(err, c.metricsAt.check()); err != nil {
		return err
	}
	warnOfSystem(s.err, sockets)
	var f *wire.Fleet
	o, err := newOutcomes(func() (*phonesReport, error) { return outcome(f), nil }, c.JSON, s.out)
	if err != nil {
		return err
	}
	defer o.end()
	watched, err := c.metricsAt.listen()
	if err != nil {
		return err
	}
	defer watched.close()
	f, happens, err := c.fleet(at, s.err)
	if err != nil {
		return err
	}
	defer f.Close()
	watched.show(s.err, func() metrics.Source { return metrics.Source{Fleet: f} })
	defer heed(func() {
		if _, err := o.write(); err != nil {
			fmt.Fprintf(s.err, "itlsim: %s\n", cause.Of(err))
		}
	})()
	end.begin()
	if err = c.drive(ctx, f); err == nil {
		err = settleQuietly(ctx, f, happens, c.Quiet)
	}
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
		where := fmt.Sprintf("port %d of their addresses, from %s on", f.WebPort(), c.From)
		if c.Address != "" {
			where = fmt.Sprintf("http://%s:%d/SEP…/", c.Address, f.WebPort())
		}
		fmt.Fprintf(s.err, "The phones stay on; their pages are at %s.\n", where)
		defer givingBack()()
		happens.tell(ctx, s.err, func(i int) string { return f.Phone(i).Name })
		_, err := o.write()
		return err
	case report.lacking():
		return errFailed
	}
	return nil
}

// checkQuiet finds what is wrong with how long it is to be quiet.
func (c *phonesCmd) checkQuiet() error {
	if c.Quiet < 0 {
		return usageError("--quiet-for %v: want a time, such as 30s", c.Quiet)
	}
	return nil
}

// drive has the phones boot, and open the directory where that is wanted.
func (c *phonesSpec) drive(ctx context.Context, f *wire.Fleet) error {
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

// places are where the command line has the phones be.
func (c *phonesCmd) places() (at phonesAt, err error) {
	if c.Address != "" {
		at.one, err = machineAddress(c.Address)
		return at, err
	}
	at.from, err = netip.ParseAddr(c.From)
	switch {
	case err != nil || !at.from.Is4() || !at.from.IsLoopback():
		return at, usageError("--from %q: want an address in 127.0.0.0/8", c.From)
	case c.Phones > addressesFrom(at.from):
		return at, usageError("--from %s: 127.0.0.0/8 has %d addresses from there on, for %d phones",
			c.From, addressesFrom(at.from), c.Phones)
	}
	return at, nil
}

// addressesFrom is how many addresses 127.0.0.0/8 has from this one on, without the
// broadcast address.
func addressesFrom(from netip.Addr) int {
	a := from.As4()
	return 0xFFFFFF - (int(a[1])<<16 | int(a[2])<<8 | int(a[3]))
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
