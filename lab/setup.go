package lab

import (
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
)

// A Setup describes what there is in a lab when it opens.
type Setup struct {
	Cluster cucm.Config  // its clock, keys and randomness come from the lab
	Other   *cucm.Config // a second cluster, to which phones may move; nil: there is none
	SFTP    []SFTPServer
	// Authority is the name of a CA that signs the clusters' CSRs; "": there is none.
	Authority string
	Groups    []Group
	// Begins is the scenario's time when the lab opens; where it is zero that is the wall
	// clock's on sockets, and in virtual mode one in 2014 (see package fleet/virtual).
	Begins time.Time
	// Served are the lists that real nodes serve today, by node, where phones are
	// those of a real fleet.
	Served map[string]*inventory.List
}

// Phones is how many phones there are, unless the options say otherwise.
func (s Setup) Phones() int {
	n := 0
	for _, g := range s.Groups {
		n += g.Count
	}
	return n
}

// HasPhone reports whether there is a phone of a name, where all are put up.
func (s Setup) HasPhone(name string) bool {
	_, ok := s.number(name)
	return ok
}

// number is the number of a phone in the order of dealing.
func (s Setup) number(name string) (number int, ok bool) {
	for j, g := range s.Groups {
		if k := slices.IndexFunc(g.Devices, func(d inventory.Device) bool { return d.Name == name }); k >= 0 {
			return dealtBefore(s.Groups, j, k), true
		}
	}
	mac, err := strconv.ParseInt(strings.TrimPrefix(name, "SEP"), 16, 64)
	i := int(mac - firstMAC)
	if err != nil || i < 0 || i >= s.Phones() || name != PhoneName(i) {
		return 0, false
	}
	group, _ := dealFrom(s.Groups, i).next()
	return i, len(s.Groups[group].Devices) == 0 // else the phone has its own name
}

// Models are those of the phones, as they may be named.
func (s Setup) Models() []string {
	models := make(map[string]bool)
	for _, g := range s.Groups {
		for _, p := range g.models() {
			models[p.Model] = true
		}
		for _, d := range g.Devices {
			models[d.Profile.Model] = true
		}
	}
	return slices.Sorted(maps.Keys(models))
}

// models are those that phones are of in turn.
func (g *Group) models() []*phone.Profile {
	if len(g.Models) == 0 && len(g.Devices) == 0 {
		return phone.Profiles()
	}
	return g.Models
}

// profile is that of the k-th phone, where Models names those of all.
func (g *Group) profile(k int) *phone.Profile {
	if len(g.Devices) > 0 {
		return g.Devices[k].Profile
	}
	return g.Models[k%len(g.Models)]
}

// A Group is phones that have something in common.
type Group struct {
	Name   string
	Count  int              // of phones
	Models []*phone.Profile // given to phones in turn; all of [phone.Profiles] where empty
	TFTP   []string         // the nodes that they ask for files, first to last
	// CallManagers are the nodes of the CallManager Group, which phones register
	// with and whose TVS they ask: those of TFTP where empty.
	CallManagers []string
	Offline      float64 // share of phones that are out of reach: see [Member]
	Holds        Holding // at the beginning
	// Security is that of the phones' security profile. Phones of a secure one have an
	// LSC from the beginning.
	Security cnf.SecurityMode
	// Devices are the phones of a real fleet, in place of Count and Models.
	Devices []inventory.Device
}

// Holding is what phones hold when a lab opens. The zero value is Nothing.
type Holding string

// What phones may hold.
const (
	Nothing    Holding = "nothing"
	PresentITL Holding = "the present list"
	// OldITL was fetched before the upgrade to 10.0: it has no ITLRECOVERY record.
	OldITL Holding = "a list without the ITLRECOVERY record"
)

// maxGroups is how many groups there are indices for.
const maxGroups = math.MaxUint16

// MaxPhones is how many phones there are addresses for, from 127.16.0.1 on.
const MaxPhones = 15_000_000
