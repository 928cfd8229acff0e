package scenarios

import (
	"context"
	"errors"
	"fmt"
	"time"

	"itlsim/cucm"
	cucmwire "itlsim/cucm/wire"
	"itlsim/fleet"
	fleetwire "itlsim/fleet/wire"
)

// A world is where a scenario plays: on real sockets, or on a simulated network.
// It is the clock of all that is in it.
type world interface {
	cucm.Clock
	// Elapsed is the scenario time since the beginning.
	Elapsed() time.Duration
	// Wait lets scenario time pass.
	Wait(context.Context, time.Duration) error
	// Pass tells a live world that the wall clock went on by d, and returns by how
	// much more the scenario clock did.
	Pass(ctx context.Context, d time.Duration) time.Duration
	// Rate is how many scenario seconds a second of the wall clock has.
	Rate() float64
	SetRate(float64)
	// Connect makes a cluster's services reachable.
	Connect(*cucm.Cluster) (cucm.Network, error)
	// TFTP is the address at which phones reach a node's TFTP service.
	TFTP(*cucm.Node) (string, error)
	// Fleet makes the fleet, once all clusters are connected.
	Fleet(fleet.Limits) (fleet.Fleet, error)
	// Disturb makes the network as bad as this from now on.
	Disturb(Disturbance)
	Traffic() cucm.Traffic
	Close() error
}

// A Disturbance is what a network does to datagrams.
type Disturbance struct {
	Loss  float64 // share of them that is lost
	Delay time.Duration
}

// wire is the world of real sockets on the loopback interface. Its clock runs
// with the wall clock and is moved forward by waits, so that they cost no time.
type wire struct {
	*Clock
	ports    *int           // added to the standard ones; nil: the system chooses
	observer fleet.Observer // nil: nobody
	relay    *relay         // between phones and TFTP; nil where nothing disturbs the network
	nets     []*cucmwire.Sockets
	nodes    int
}

func openWire(disturbed bool, opt Options) *wire {
	w := &wire{Clock: NewClock(), ports: opt.PortOffset}
	if opt.Live != nil {
		w.observer = opt.Live.Observer
	}
	if disturbed {
		w.relay = newRelay(opt.Seed)
	}
	return w
}

func (w *wire) Wait(ctx context.Context, d time.Duration) error {
	w.Advance(d)
	return ctx.Err()
}

func (w *wire) Pass(_ context.Context, d time.Duration) time.Duration {
	return time.Duration(float64(d) * (w.Rate() - 1))
}

// Connect gives each node an address of its own, from 127.0.0.2 on.
func (w *wire) Connect(c *cucm.Cluster) (cucm.Network, error) {
	hosts := make([]string, len(c.Nodes()))
	for i := range hosts {
		hosts[i] = fmt.Sprintf("127.0.0.%d", 2+w.nodes)
		w.nodes++
	}
	var net *cucmwire.Sockets
	var err error
	if w.ports != nil {
		net, err = cucmwire.ListenAt(c, hosts, *w.ports)
	} else {
		net, err = cucmwire.Listen(c, hosts)
	}
	if err != nil {
		return nil, err
	}
	w.nets = append(w.nets, net)
	return net, nil
}

func (w *wire) TFTP(n *cucm.Node) (string, error) {
	if w.relay == nil {
		return n.Address(cucm.TFTPService), nil
	}
	return w.relay.to(n.Address(cucm.TFTPService))
}

func (w *wire) Fleet(limits fleet.Limits) (fleet.Fleet, error) {
	return fleetwire.New(fleetwire.Config{Clock: w, Limits: limits, Observer: w.observer})
}

func (w *wire) Disturb(d Disturbance) {
	if w.relay != nil {
		w.relay.disturb(d)
	}
}

func (w *wire) Traffic() cucm.Traffic {
	var sum cucm.Traffic
	for _, n := range w.nets {
		sum = sum.Plus(n.Traffic())
	}
	return sum
}

func (w *wire) Close() error {
	var errs []error
	if w.relay != nil {
		w.relay.close()
	}
	for _, n := range w.nets {
		errs = append(errs, n.Close())
	}
	return errors.Join(errs...)
}
