package scenarios

import (
	"context"
	"time"

	"itlsim/cucm"
	"itlsim/itl"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
)

// A Scenario is a plan: who is there, what is done, and what is expected then.
// [Load] reads one from a file; whatever no file can say is written in Go.
type Scenario struct {
	Name  string
	Shows string   // what it shows, in one line
	Rows  []string // of the mission
	// NotIn tells, by mode, why the scenario does not run in it.
	NotIn   map[string]string
	Cluster cucm.Config  // clock, keys and randomness come from the run
	Other   *cucm.Config // a second cluster, where phones move; nil: there is none
	SFTP    []SFTPServer
	// Present are the lists that real nodes serve today, by node, where phones
	// are a picture of a real fleet.
	Present map[string]*itl.List
	Groups  []Group
	Steps   []Step
	// Network tells that some act disturbs the network, so that it has to be
	// led through what can disturb it.
	Network bool
}

// Phones is how many phones the scenario has, unless the run says otherwise.
func (s Scenario) Phones() int {
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
	Models []*phone.Profile // in turn; all of [phone.Profiles] where empty
	TFTP   []string         // nodes, first to last
	// CallManagers are the nodes of the CallManager Group, whose TVS are asked:
	// TFTP's where empty.
	CallManagers []string
	Offline      float64 // share that acts on "phones" do not reach
	Holds        Holding // at the beginning
	// Devices are single phones from outside, in place of Count and Models.
	Devices []inventory.Device
}

// Holding is what phones hold when a scenario begins.
type Holding string

// What phones may hold.
const (
	Nothing    Holding = "nothing"
	PresentITL Holding = "the present list"
	// OldITL was fetched before the upgrade to 10.0: it has no ITLRECOVERY record.
	OldITL Holding = "a list without the ITLRECOVERY record"
)

// A Step is one line of a scenario's plan.
type Step struct {
	Name   string
	Says   string // what happens, for who has never seen a trust list
	Do     []Act
	Expect []Expectation
}

// An Act does something. The phones then finish what they do.
type Act struct {
	Text string
	Do   func(context.Context, *Stage) error
}

// An Expectation is a sentence about the cluster and its phones. Check returns
// nil where it holds, else what is the case instead.
type Expectation struct {
	Text  string
	Check func(*Stage) error
}

// Wait lets time pass on the scenario's clock.
func Wait(d time.Duration) Act {
	return Act{"wait " + d.String(), func(ctx context.Context, st *Stage) error { return st.Advance(ctx, d) }}
}
