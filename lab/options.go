package lab

import (
	"net/netip"

	"itlsim/cucm"
	"itlsim/cucm/ciscolog"
	"itlsim/fleet"
)

// Modes are the ways to put a lab up.
var Modes = []string{Wire, Virtual}

// The modes: real sockets on loopback, or a simulated network and clock.
const (
	Wire    = "wire"
	Virtual = "virtual"
)

// Options say how a lab is put up. The zero value of each field is fine.
type Options struct {
	Mode   string // of Modes; Wire if empty
	Phones int    // in all groups, which keep their proportions; the setup's own number if 0
	Shard  Shard  // of these phones, which alone are put up
	Seed   int64  // of everything random: in virtual mode all is a function of setup and seed
	Boots  int    // phones of all shards that boot at a time; the DefaultBoots of the driver if 0
	// Workers are the goroutines of virtual mode, [virtual.DefaultWorkers] if 0; what
	// happens does not depend on their number.
	Workers int
	// Keys of the certificates; if nil, fresh ones, or in virtual mode test keys
	// that the seed draws.
	Keys cucm.KeySource
	// KeyBits is the size of the keys where the setup names none; 2048 if 0.
	KeyBits int
	// Password is the administrator's, and the cluster security password, where
	// the setup names none; ciscocisco if empty.
	Password string
	// Pace is how many times as fast as real ones phones and servers of wire mode lose
	// their patience with each other, and the network delays them; 1 if 0. Tests that
	// wait for time-outs set more.
	Pace float64
	// PortOffset, where not nil, has the nodes of wire mode listen on the standard
	// ports, each moved by so much; on free ones if it is nil.
	PortOffset *int
	// Address is that of the first node in wire mode; the others have those that follow. Where it
	// is zero, it is 127.0.0.2 if PortOffset is not nil, and else one that no other lab has.
	Address netip.Addr
	// State, where not empty, is the directory that the setup's own cluster is kept in
	// ([cucm.Open]).
	State string
	// RISRate is how many questions about devices (RIS) the nodes of a cluster answer in a
	// minute in wire mode, all together; 0 is any number, and nil as many as CUCM.
	RISRate *int
	// Crew, where not nil, has the phones in other processes: here are the clusters, on sockets.
	Crew Crew
	// Follows, where not nil, is what the lab whose crew this one is part of has given the phones
	// of its Shard. They are on sockets; its clusters are here as replicas, and serve nothing.
	Follows *Given
	// At, where valid, is the one address that all phones have on sockets
	// ([fleetwire.Config]), and Targets are where they may send to; none: everywhere.
	At      netip.Addr
	Targets []netip.Prefix
	// Live, where not nil, makes the lab one that people watch.
	Live *Live
}

// Live makes a lab one that people watch and act on: time passes by itself, at a
// rate that [Lab.SetRate] sets, and the clusters do what comes due. In virtual
// mode phones then take the time that they simulate. Each field may be nil.
type Live struct {
	// Still has time pass by waits alone all the same, and simulated phones take none by the
	// wall clock: it is for programs that watch and act on the lab.
	Still bool
	// Observer is told of what happens to phones.
	Observer fleet.Observer
	// Logged is shown each entry of the nodes' application logs (see cucm.Config).
	Logged func(ciscolog.Entry)
	// Type types a command where people see it, and returns what it printed.
	Type func(n *cucm.Node, line string, answers []string) (printed string, err error)
	// Trouble is told what a cluster could not do that was due.
	Trouble func(error)
}
