package lab

import (
	"context"
	"errors"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
)

// A world is the network and the clock of a lab: real sockets, or simulated.
type world interface {
	cucm.Clock
	// Elapsed is the scenario time since the lab was opened.
	Elapsed() time.Duration
	// Wait lets scenario time pass.
	Wait(context.Context, time.Duration) error
	// Pass tells a live world that the wall clock went on by d. It returns by how
	// much more the scenario clock went on.
	Pass(ctx context.Context, d time.Duration) time.Duration
	// Rate is how many scenario seconds a second of the wall clock has.
	Rate() float64
	SetRate(float64)
	// Configure sets what a cluster needs in this world.
	Configure(*cucm.Config)
	// Connect makes a cluster's services reachable.
	Connect(*cucm.Cluster) (cucm.Network, error)
	// TFTP is the address at which phones reach a node's TFTP service.
	TFTP(*cucm.Node) (string, error)
	// Fleet makes the fleet of so many phones, once all clusters are connected.
	Fleet(fleet.Limits, int) (fleet.Fleet, error)
	// Remembers reports whether phones share what they found out about signatures.
	Remembers() bool
	// Disturb makes the network as bad as this from now on.
	Disturb(Disturbance) error
	Traffic() cucm.Traffic
	Close() error
}

// A Disturbance is what a network does to datagrams. The zero value does
// nothing.
type Disturbance struct {
	Loss  float64 // share of them that is lost
	Delay time.Duration
}

// ErrNoNetworkFaults is the error of a disturbance that the lab's network cannot
// have.
var ErrNoNetworkFaults = errors.New("the network of this lab cannot be disturbed: " +
	"open it with Setup.NetworkFaults, or from a scenario file that disturbs the network")
