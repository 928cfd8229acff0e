package lab

import (
	"context"
	"io"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/fleet/virtual"
)

// A world is the network and the clock of a lab: real sockets, or simulated.
type world interface {
	cucm.Clock
	// Elapsed is the scenario time since the lab was opened.
	Elapsed() time.Duration
	// KeepAlives has phones send the keep-alives that come due in so much time,
	// where Wait does not.
	KeepAlives(context.Context, time.Duration) error
	// Wait lets scenario time pass.
	Wait(context.Context, time.Duration) error
	// HoldKeepAlives lets none come for so long, where they come by scenario time.
	HoldKeepAlives(time.Duration)
	// SettleFor waits until the phones have settled, or scenario time has passed.
	SettleFor(context.Context, time.Duration) error
	// Settled reports whether no phone has anything left to do, but for keep-alives.
	Settled() bool
	// Pass tells a live world that the wall clock went on by d. It returns by how
	// much more the scenario clock went on.
	Pass(ctx context.Context, d time.Duration) time.Duration
	// Rate is how many scenario seconds a second of the wall clock has.
	Rate() float64
	SetRate(float64)
	// Configure sets what a cluster needs in this world.
	Configure(*cucm.Config)
	// HostKeys is what SFTP servers' host keys are drawn from.
	HostKeys() io.Reader
	// Connect makes a cluster's services reachable.
	Connect(*cucm.Cluster) (services, error)
	// Fleet makes the fleet of so many phones, once all clusters are connected. site
	// tells the group of the i-th phone.
	Fleet(limits fleet.Limits, phones int, site func(i int) string) (fleet.Fleet, error)
	// Remembers reports whether phones share what they found out about signatures.
	Remembers() bool
	// Impair puts the network into a condition from now on.
	Impair(network.Condition)
	// Fork is the world's network once more, simulated, with the phones as they are. clusters
	// forks the clusters on it, in their order, when the phones do nothing.
	Fork(site func(int) string, clusters func(*virtual.Fleet) ([]*cucm.Cluster, error)) (*virtual.Fleet, error)
	Traffic() cucm.Traffic
	Close() error
}

// services are those of a cluster on a world's network.
type services interface {
	cucm.Network
	// Answers reports whether a service answers, whatever the node knows of it.
	Answers(*cucm.Node, cucm.Service) bool
}

// A Disturbance is what a network does to all that phones send and get. The zero
// value does nothing.
type Disturbance = network.Disturbance
