package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"itlsim/fleet"
	"itlsim/fleet/wire"
	"itlsim/phone"
)

type phonesCmd struct {
	TFTP   []string `name:"tftp" required:"" placeholder:"ADDR" help:"TFTP servers, host or host:port (69), in the order of option 150."`
	Phones int      `default:"10" help:"Number of phones; 10 if not given." placeholder:"N"`
	Name   string   `default:"SEP001BD4000000" help:"Name of the first phone; the others count on from it."`
	Number string   `help:"Directory number by which the phones register; their names, if not given." placeholder:"NUMBER"`
	Model  []string `help:"Models that the phones are of, in turn: \"8861\" or \"8861 10.3(1)\"; all known ones, if not given."`
	From   string   `default:"127.16.0.1" help:"Address of the first phone, in 127.0.0.0/8; the others count on from it."`
	Boots  int      `default:"${boots}" help:"Phones that boot at a time."`

	SIPPort int    `name:"sip-port" help:"Port at which phones take resets; the system chooses one, if not given." placeholder:"PORT"`
	WebPort int    `name:"web-port" help:"Port of the phones' web pages; the system chooses one, if not given." placeholder:"PORT"`
	Stay    bool   `help:"Keep the phones on until interrupted: they stay registered, take resets and show their pages."`
	JSON    string `name:"json" help:"Write the outcome as JSON; - is standard output." placeholder:"PATH"`
}

// phonesReport is what came of the phones.
type phonesReport struct {
	Phones        int             `json:"phones"`
	States        map[string]int  `json:"states"`
	ListsBy       map[string]int  `json:"lists_by"`   // what authenticated them
	ConfigsBy     map[string]int  `json:"configs_by"` // in the last boot
	Refusals      map[string]int  `json:"refusals"`
	Registered    map[string]int  `json:"registered"`   // with each call manager; "" : none
	Unconfigured  int             `json:"unconfigured"` // no configuration was ever taken
	Alarms        uint64          `json:"alarms_DeviceTLInfo"`
	AlarmsWaiting int             `json:"alarms_stored"`
	Failures      []failureReport `json:"lacking"`
}

type failureReport struct {
	Protocol string `json:"protocol"`
	Server   string `json:"server"`
	What     string `json:"what"`
	Times    int    `json:"times"`
}

// Run boots phones against servers and tells what came of it.
func (c *phonesCmd) Run(ctx context.Context, s streams) error {
	f, err := c.fleet()
	if err != nil {
		return err
	}
	defer f.Close()
	file, err := c.create(s.out)
	if err != nil {
		return err
	}
	defer file.abandon()
	f.Send(phone.PowerOn{}, nil)
	err = f.Settle(ctx)
	interrupted := errors.Is(err, context.Canceled)
	if interrupted {
		f.Close() // so that all of the report is about one moment
	} else if err != nil {
		return err
	}
	report := outcome(f)
	if err := c.write(report, file, s.out); err != nil {
		return err
	}
	if interrupted {
		return &exitError{exitInterrupted, errors.New("interrupted")}
	}
	if c.Stay {
		fmt.Fprintf(s.err, "The phones stay on; their pages are at port %d of their addresses, from %s on.\n", f.WebPort(), c.From)
		<-ctx.Done()
		if file, err = c.create(s.out); err != nil {
			return err
		}
		defer file.abandon()
		return c.write(outcome(f), file, s.out)
	}
	if report.States["locked"]+report.States["untrusted"]+report.Unconfigured > 0 {
		return errFailed // what a phone needs was missing, or refused
	}
	return nil
}

var deviceName = regexp.MustCompile(`^SEP[0-9A-F]{12}$`)

// fleet makes the phones, or says what is wrong with the command line.
func (c *phonesCmd) fleet() (*wire.Fleet, error) {
	if c.Phones < 1 || c.Phones > 1_000_000 {
		return nil, usageError("--phones %d: want 1 to 1000000", c.Phones)
	}
	if !deviceName.MatchString(c.Name) {
		return nil, usageError("--name %q: want SEP and the twelve digits (0 to 9, A to F) of a MAC address", c.Name)
	}
	if c.Boots < 1 {
		return nil, usageError("--boots %d: want 1 or more", c.Boots)
	}
	from, err := netip.ParseAddr(c.From)
	if err != nil || !from.Is4() || !from.IsLoopback() {
		return nil, usageError("--from %q: want an address in 127.0.0.0/8", c.From)
	}
	var profiles []*phone.Profile
	if len(c.Model) == 0 {
		profiles = phone.Profiles()
	}
	for _, name := range c.Model {
		p, ok := phone.ProfileOf(name)
		if !ok {
			var known []string
			for _, p := range phone.Profiles() {
				known = append(known, p.String())
			}
			return nil, usageError("--model %q: want one of %s", name, strings.Join(known, ", "))
		}
		profiles = append(profiles, p)
	}
	servers, anywhere, err := tftpServers(c.TFTP)
	if err != nil {
		return nil, err
	}
	f, err := wire.New(wire.Config{Clock: wallClock{}, SIPPort: c.SIPPort, WebPort: c.WebPort, Anywhere: anywhere, Limits: fleet.Limits{Boots: c.Boots}})
	if err != nil {
		return nil, err
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
	return f, nil
}

// tftpServers completes the addresses, and tells whether one of them is not on
// this machine.
func tftpServers(given []string) (servers []string, anywhere bool, err error) {
	for _, s := range given {
		if _, _, err := net.SplitHostPort(s); err != nil {
			s = net.JoinHostPort(s, "69")
		}
		addr, err := net.ResolveUDPAddr("udp4", s)
		if err != nil {
			return nil, false, usageError("--tftp %s: %v", s, err)
		}
		servers = append(servers, addr.String())
		anywhere = anywhere || !addr.IP.IsLoopback()
	}
	return servers, anywhere, nil
}

func outcome(f *wire.Fleet) *phonesReport {
	r := &phonesReport{
		States: map[string]int{}, ListsBy: map[string]int{}, ConfigsBy: map[string]int{}, Refusals: map[string]int{}, Registered: map[string]int{},
		Alarms: f.Tally().Alarms.Load(), Failures: []failureReport{},
	}
	for _, s := range []phone.State{phone.None, phone.Trusted, phone.Locked, phone.Untrusted} {
		r.States[s.String()] = 0 // all are there, as in the report of a run
	}
	for _, v := range f.Phones() {
		r.Phones++
		r.States[v.State.String()]++
		r.ListsBy[v.ListBy.String()]++
		r.ConfigsBy[v.ConfigBy.String()]++
		r.Registered[v.CallManager]++
		r.AlarmsWaiting += v.StoredAlarms
		if v.Flash.Config == nil {
			r.Unconfigured++
		}
		if v.Refusal != nil {
			r.Refusals[strings.ReplaceAll(v.Refusal.Error(), v.Name, "SEP<MAC>")]++
		}
	}
	for _, l := range f.Failures() {
		r.Failures = append(r.Failures, failureReport{l.Protocol, l.Server, l.What, l.Times})
	}
	return r
}

// create opens what the outcome is written to as JSON.
func (c *phonesCmd) create(stdout io.Writer) (wholeFile, error) {
	if c.JSON == "-" {
		return standard{stdout}, nil
	}
	return createNamed("--json", c.JSON, 0o666)
}

func (c *phonesCmd) write(r *phonesReport, file wholeFile, out io.Writer) error {
	enc := json.NewEncoder(file)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	if err := enc.Encode(r); err != nil {
		return err
	}
	if err := file.finish(); err != nil || c.JSON == "-" {
		return err
	}
	return r.writeText(out)
}

func (r *phonesReport) writeText(out io.Writer) error {
	var b strings.Builder
	counts := func(title string, of map[string]int) {
		keys := make([]string, 0, len(of))
		for k := range of {
			keys = append(keys, k)
		}
		slices.SortFunc(keys, func(a, b string) int {
			if of[a] != of[b] {
				return of[b] - of[a]
			}
			return strings.Compare(a, b)
		})
		for _, k := range keys {
			if of[k] == 0 {
				continue
			}
			says := k
			if k == "" {
				says = "no call manager"
			}
			fmt.Fprintf(&b, "%-16s %6d  %s\n", title, of[k], says)
			title = ""
		}
	}
	fmt.Fprintf(&b, "%d phones\n", r.Phones)
	counts("state", r.States)
	counts("list by", r.ListsBy)
	counts("config by", r.ConfigsBy)
	counts("refused", r.Refusals)
	counts("registered with", r.Registered)
	if r.Unconfigured > 0 {
		fmt.Fprintf(&b, "%-16s %6d\n", "unconfigured", r.Unconfigured)
	}
	fmt.Fprintf(&b, "%-16s %6d  answered, %d stored\n", "alarms", r.Alarms, r.AlarmsWaiting)
	if len(r.Failures) == 0 {
		b.WriteString("the servers gave all that the phones asked for\n")
	} else {
		b.WriteString("what the servers did not give\n")
	}
	for _, l := range r.Failures {
		fmt.Fprintf(&b, "  %-5s %-22s %6d  %s%s\n", l.Protocol, l.Server, l.Times, l.What, comment(l))
	}
	_, err := io.WriteString(out, b.String())
	return err
}

// comment says what a failure means for phones.
func comment(l failureReport) string {
	switch {
	case l.Protocol == "HTTP":
		return " (the phones asked TFTP instead)"
	case l.Protocol == "TFTP" && strings.Contains(l.What, "CTLSEP"):
		return " (normal outside mixed mode)"
	case l.Protocol == "TFTP" && strings.Contains(l.What, "ITLFile.tlv"):
		return " (no list to trust by: configurations are taken on faith)"
	case l.Protocol == "TVS" && strings.Contains(l.What, "QUERY") && strings.Contains(l.What, "closed"):
		return " (this TVS may know VERIFY only: phones cannot ask it about a signer)"
	case l.Protocol == "SIP" && strings.Contains(l.What, "alarm"):
		return " (the alarm stays stored)"
	}
	return ""
}
