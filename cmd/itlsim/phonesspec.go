package main

import (
	"fmt"
	"io"
	"math"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/fleet/wire"
	"itlsim/internal/room"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
)

// phonesSpec is what phones there are, and what they do: as flags say it, and as it crosses to
// workers.
type phonesSpec struct {
	TFTP   []string `name:"tftp" required:"" placeholder:"ADDR" help:"${phones_tftp}"`
	Phones int      `default:"10" help:"Number of phones; 10 if not given." placeholder:"N"`
	Name   string   `default:"SEP001BD4000000" help:"Name of the first phone; the others count on from it."`
	Number string   `help:"${phones_number}" placeholder:"NUMBER"`
	Model  []string `help:"${phones_model}" placeholder:"MODEL"`
	Boots  int      `default:"${boots}" help:"Phones that boot at a time."`

	SIPPort   int  `name:"sip-port" help:"${phones_sip_port}" placeholder:"PORT"`
	WebPort   int  `name:"web-port" help:"${phones_web_port}" placeholder:"PORT"`
	Directory bool `help:"${phones_directory}"`
}

// modelName is the placeholder of what is a phone's model.
const modelName = "MODEL"

// phonesAt is where phones are.
type phonesAt struct {
	from    netip.Addr     // each has an address, from this one on; or
	one     netip.Addr     // all have this one
	shard   lab.Shard      // that is here
	targets []netip.Prefix // that they may send to; none: wherever servers are
}

// maxPhones bounds a command line's number of phones.
const maxPhones = 1_000_000

var deviceName = regexp.MustCompile(`^SEP[0-9A-F]{12}$`)

// check says what is wrong with the flags.
func (c *phonesSpec) check() error {
	switch {
	case c.Phones < 1 || c.Phones > maxPhones:
		return usageError("--phones %d: want 1 to %d", c.Phones, maxPhones)
	case !deviceName.MatchString(c.Name):
		return usageError("--name %q: want SEP and the twelve digits (0 to 9, A to F) of a MAC address", c.Name)
	case c.Boots < 1:
		return usageError("--boots %d: want 1 or more", c.Boots)
	case c.SIPPort < 0 || c.SIPPort > math.MaxUint16:
		return usageError("--sip-port %d: want 0 to %d", c.SIPPort, math.MaxUint16)
	case c.WebPort < 0 || c.WebPort > math.MaxUint16:
		return usageError("--web-port %d: want 0 to %d", c.WebPort, math.MaxUint16)
	case slices.ContainsFunc(c.Model, func(name string) bool { return strings.TrimSpace(name) == "" }):
		return usageError("--model: the value is missing")
	}
	_, _, err := tftpServers(c.TFTP)
	return err
}

// fleet makes the phones that are to be somewhere, whose changes are noted.
func (c *phonesSpec) fleet(at phonesAt, warnings io.Writer) (*wire.Fleet, *changes, error) {
	if err := c.check(); err != nil {
		return nil, nil, err
	}
	profiles := c.profiles(warnings)
	servers, anywhere, err := tftpServers(c.TFTP)
	if err != nil {
		return nil, nil, err
	}
	first, end := at.shard.Range(c.Phones)
	if err := room.Enough(room.Runs, uint64(end-first)*wire.PhoneMemory); err != nil {
		return nil, nil, err
	}
	happens := newChanges(end - first)
	f, err := wire.New(wire.Config{
		Clock: wallClock{}, SIPPort: c.SIPPort, WebPort: c.WebPort, At: at.one, Anywhere: anywhere && !at.one.IsValid(),
		Limits: fleet.Limits{Boots: c.Boots}, Observer: happens, Network: &network.Network{Targets: at.targets},
	})
	if err != nil {
		return nil, nil, err
	}
	var mac uint64
	fmt.Sscanf(c.Name[3:], "%X", &mac)
	library := &phone.Library{}
	for i := first; i < end; i++ {
		ip := at.one
		if !ip.IsValid() {
			ip, at.from = at.from, at.from.Next()
		}
		f.Add(phone.New(phone.Setup{
			Name: fmt.Sprintf("SEP%012X", (mac+uint64(i))&0xFFFFFFFFFFFF), IP: ip, Number: c.Number,
			Profile: profiles[i%len(profiles)], Servers: servers, Library: library,
		}))
	}
	return f, happens, nil
}

// profiles are those of the models on the command line, or a mix.
func (c *phonesSpec) profiles(warnings io.Writer) []*phone.Profile {
	if len(c.Model) == 0 {
		return phone.Profiles()
	}
	var profiles []*phone.Profile
	warned := make(inventory.Warned)
	for _, name := range c.Model {
		p, warning := phone.ProfileOf(name)
		if warned.Once(p.Model, warning) {
			fmt.Fprintf(warnings, "warning: --model: %s\n", warning)
		}
		profiles = append(profiles, p)
	}
	return profiles
}

// machineAddress is an address that this machine has, as --address gives it.
func machineAddress(text string) (netip.Addr, error) {
	at, err := netip.ParseAddr(text)
	if err == nil && at.Is4() && !at.IsUnspecified() && !at.IsMulticast() {
		var l *net.UDPConn
		if l, err = net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(at, 0))); err == nil {
			return at, l.Close()
		}
	}
	return at, usageError("--address %q: want an IPv4 address of this machine", text)
}
