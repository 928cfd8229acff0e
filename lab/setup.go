package lab

import (
	"itlsim/cucm"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
)

// A Setup describes what there is in a lab when it opens.
type Setup struct {
	Cluster cucm.Config  // its clock, keys and randomness come from the lab
	Other   *cucm.Config // a second cluster, to which phones may move; nil: there is none
	SFTP    []SFTPServer
	Groups  []Group
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

// A Group is phones that have something in common.
type Group struct {
	Name   string
	Count  int
	Models []*phone.Profile // given to phones in turn; all of [phone.Profiles] where empty
	TFTP   []string         // the nodes that they ask for files, first to last
	// CallManagers are the nodes of the CallManager Group, which phones register
	// with and whose TVS they ask: those of TFTP where empty.
	CallManagers []string
	Offline      float64 // share of phones that are out of reach: see [Member]
	Holds        Holding // at the beginning
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

// MaxPhones is how many phones there are addresses for.
const MaxPhones = 1_000_000
