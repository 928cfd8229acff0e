package lab

import (
	"context"
	"errors"
	"time"

	"itlsim/cucm"
	cucmwire "itlsim/cucm/wire"
	"itlsim/fleet"
	fleetwire "itlsim/fleet/wire"
)

// wire is the world of real sockets on the loopback interface. Its clock runs
// with the wall clock and is moved forward by waits, so that they cost no time.
type wire struct {
	*clock
	ports    *int           // added to the standard ones; nil: the system chooses
	observer fleet.Observer // nil: nobody
	relay    *relay         // between phones and TFTP; nil where nothing can disturb the network
	clusters []*cucmwire.Sockets
	nodes    *addresses // of the nodes
}

func openWire(s Setup, opt Options) (*wire, error) {
	nodes := &addresses{}
	if opt.PortOffset == nil {
		var err error
		if nodes, err = claimAddresses(); err != nil {
			return nil, err
		}
	}
	w := &wire{clock: newClock(), ports: opt.PortOffset, nodes: nodes}
	if opt.Live != nil {
		w.observer = opt.Live.Observer
	}
	if s.NetworkFaults {
		w.relay = newRelay(opt.Seed)
	}
	return w, nil
}

func (w *wire) Wait(ctx context.Context, d time.Duration) error {
	w.Advance(d)
	return ctx.Err()
}

func (w *wire) Pass(_ context.Context, d time.Duration) time.Duration {
	return time.Duration(float64(d) * (w.Rate() - 1))
}

// Connect gives each node an address of its own, from 127.0.0.2 on where no other
// lab of this machine has that.
func (w *wire) Connect(c *cucm.Cluster) (cucm.Network, error) {
	hosts := make([]string, len(c.Nodes()))
	for i := range hosts {
		hosts[i] = w.nodes.next()
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
	w.clusters = append(w.clusters, net)
	return net, nil
}

func (w *wire) TFTP(n *cucm.Node) (string, error) {
	if w.relay == nil {
		return n.Address(cucm.TFTPService), nil
	}
	return w.relay.to(n.Address(cucm.TFTPService))
}

func (w *wire) Configure(*cucm.Config) {}
func (w *wire) Remembers() bool        { return false }

func (w *wire) Fleet(limits fleet.Limits, _ int) (fleet.Fleet, error) {
	return fleetwire.New(fleetwire.Config{Clock: w, Limits: limits, Observer: w.observer})
}

func (w *wire) Disturb(d Disturbance) error {
	switch {
	case w.relay != nil:
		w.relay.disturb(d)
	case d != Disturbance{}:
		return ErrNoNetworkFaults
	}
	return nil
}

func (w *wire) Traffic() cucm.Traffic {
	var sum cucm.Traffic
	for _, n := range w.clusters {
		sum = sum.Plus(n.Traffic())
	}
	return sum
}

func (w *wire) Close() error {
	var errs []error
	if w.relay != nil {
		w.relay.close()
	}
	for _, n := range w.clusters {
		errs = append(errs, n.Close())
	}
	return errors.Join(append(errs, w.nodes.Close())...)
}
