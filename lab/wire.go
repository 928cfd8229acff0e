package lab

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"net/netip"
	"time"

	"itlsim/cucm"
	cucmwire "itlsim/cucm/wire"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/fleet/virtual"
	fleetwire "itlsim/fleet/wire"
	"itlsim/phone"
)

// wire is the world of real sockets on the loopback interface. Its clock runs
// with the wall clock and is moved forward by waits, so that they cost no time.
type wire struct {
	*clock
	ports    *int           // added to the standard ones; nil: free ones
	risRate  *int           // see Options
	observer fleet.Observer // nil: nobody
	network  *network.Network
	clusters []connected
	nodes    *addresses // of the nodes
	fleet    *fleetwire.Fleet
	follows  bool       // the clusters are replicas
	at       netip.Addr // of all phones; zero: each has its own
	first    int        // number of the first phone among those of all shards
	// condition is that of the network at present
	condition network.Condition
	disturbs  uint64        // so far
	elsewhere uint64        // how often call managers were started or stopped that are not here
	stirred   uint64        // before the last keep-alives
	stirring  time.Duration // until each phone has had a keep-alive since
}

// connected is a cluster that is reachable.
type connected struct {
	*cucmwire.Sockets
	cluster *cucm.Cluster
}

func openWire(opt Options, begins time.Time) (*wire, error) {
	nodes := &addresses{free: opt.Address}
	if !nodes.free.IsValid() {
		nodes.free = netip.AddrFrom4([4]byte{127, 0, 0, 2})
	}
	if opt.PortOffset == nil && !opt.Address.IsValid() && opt.Follows == nil {
		var err error
		if nodes, err = claimAddresses(); err != nil {
			return nil, err
		}
	}
	w := &wire{
		clock: newClock(begins), ports: opt.PortOffset, risRate: opt.RISRate, nodes: nodes,
		network: &network.Network{Seed: uint64(opt.Seed), Pace: cmp.Or(opt.Pace, 1), Targets: opt.Targets},
		follows: opt.Follows != nil, at: opt.At,
	}
	if opt.Follows != nil {
		w.elsewhere = opt.Follows.Switched
	}
	if opt.Live != nil {
		w.observer = opt.Live.Observer
	}
	return w, nil
}

// KeepAlives sends those that may change something, as virtual time does: until each
// phone has had one since something happened, in however many waits.
func (w *wire) KeepAlives(ctx context.Context, d time.Duration) error {
	was := w.stirred
	if w.stirred = w.stirs(); w.stirred != was {
		w.stirring = fleet.RenewAfter
	}
	if w.stirring <= 0 && !w.network.Disturbed() {
		return nil
	}
	w.stirring -= d
	w.fleet.Pass(d)
	return w.fleet.Settle(ctx)
}

// stirs is how often something happened whereupon phones may register elsewhere, or
// again.
func (w *wire) stirs() uint64 {
	return w.disturbs + w.fleet.Tally().RegistrationsFailed.Load() + w.elsewhere + w.switched()
}

// switched is how often call managers were started or stopped here.
func (w *wire) switched() (n uint64) {
	for _, c := range w.clusters {
		n += c.Switched()
	}
	return n
}

func (w *wire) Wait(ctx context.Context, d time.Duration) error {
	w.Advance(d)
	return ctx.Err()
}

func (w *wire) HoldKeepAlives(time.Duration) {}

func (w *wire) Settled() bool { return w.fleet.Busy() == 0 }

func (w *wire) SettleFor(ctx context.Context, d time.Duration) error {
	return settleFor(ctx, w.fleet, time.Duration(float64(d)/w.Rate()))
}

// settleFor waits until phones have settled, for so long at most by the wall clock.
func settleFor(ctx context.Context, f fleet.Fleet, d time.Duration) error {
	limited, cancel := context.WithTimeout(ctx, d)
	defer cancel()
	err := f.Settle(limited)
	if errors.Is(err, context.DeadlineExceeded) {
		return ctx.Err()
	}
	return err
}

func (w *wire) Pass(_ context.Context, d time.Duration) time.Duration {
	return time.Duration(float64(d) * (w.Rate() - 1))
}

// Connect gives each node an address of its own, from 127.0.0.2 on where no other
// lab of this machine has that.
func (w *wire) Connect(c *cucm.Cluster) (services, error) {
	if w.follows {
		return nil, nil
	}
	hosts := make([]string, len(c.Nodes()))
	for i := range hosts {
		hosts[i] = w.nodes.next()
	}
	options := cucmwire.Options{PortOffset: w.ports, Pace: w.network.Pace, RISRate: w.risRate}
	net, err := cucmwire.ListenWith(c, hosts, options)
	if err != nil {
		return nil, err
	}
	w.clusters = append(w.clusters, connected{net, c})
	return net, nil
}

func (w *wire) Configure(*cucm.Config) {}
func (w *wire) HostKeys() io.Reader    { return rand.Reader }
func (w *wire) Remembers() bool        { return false }

func (w *wire) Fleet(limits fleet.Limits, _ int, site func(int) string) (fleet.Fleet, error) {
	limits = limits.OrDefaults(fleetwire.DefaultBoots).Faster(w.network.Pace)
	var err error
	w.fleet, err = fleetwire.New(fleetwire.Config{
		Clock: w, Limits: limits, Observer: w.observer, Network: w.network, Site: site, OwnClusters: true,
		At: w.at, First: w.first,
	})
	if err != nil {
		return nil, err
	}
	w.stirred = w.stirs()
	return w.fleet, nil
}

func (w *wire) Impair(c network.Condition) {
	w.disturbs++
	w.condition = c
	w.network.Disturb(c)
}

// Fork has the phones' own times of a usual network; what that does to what they send stays.
func (w *wire) Fork(
	site func(int) string, clusters func(*virtual.Fleet) ([]*cucm.Cluster, error),
) (*virtual.Fleet, error) {
	fleet := virtual.New(virtual.Config{
		Clock: virtual.NewClockFrom(w.start, w.Elapsed()), Seed: w.network.Seed, Network: virtual.LAN(), Site: site,
	})
	// The phones first: one that registers meanwhile boots again here, and nothing of the
	// cluster is missing.
	phones := w.fleet.Clones(&phone.Library{Remember: true})
	forks, err := clusters(fleet)
	if err != nil {
		return nil, err
	}
	for i, net := range w.clusters {
		runs := func(n int, s cucm.Service) bool { return net.Answers(net.cluster.Nodes()[n], s) }
		if err := fleet.Rejoin(forks[i], runs); err != nil {
			return nil, err
		}
	}
	fleet.Impair(w.condition)
	fleet.Take(phones)
	return fleet, nil
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
	for _, n := range w.clusters {
		errs = append(errs, n.Close())
	}
	return errors.Join(append(errs, w.nodes.Close())...)
}
