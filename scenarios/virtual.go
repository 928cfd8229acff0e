package scenarios

import (
	"context"
	"math/rand/v2"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/fleet/virtual"
)

// simulated is the world of virtual time, a function of its seed.
type simulated struct {
	*virtual.Clock
	seed  uint64
	fleet *virtual.Fleet
}

func simulate(opt Options) *simulated {
	w := &simulated{Clock: virtual.NewClock(), seed: uint64(opt.Seed)}
	w.fleet = virtual.New(virtual.Config{Clock: w.Clock, Seed: w.seed, Workers: opt.Workers, Boots: opt.Boots, Network: virtual.LAN()})
	return w
}

func (w *simulated) Wait(ctx context.Context, d time.Duration) error { return w.fleet.Advance(ctx, d) }

// prepare has the seed draw serial numbers, and one configuration signed for all
// phones of a CallManager Group.
func (w *simulated) prepare(cfg *cucm.Config, nth uint64) {
	var seed [32]byte
	for i := range 8 {
		seed[i] = byte(w.seed >> (8 * i))
	}
	seed[8] = byte(nth)
	cfg.Random = rand.NewChaCha8(seed)
	cfg.SharedConfigurations = true
}

// keyPool is where a run's keys come from, for all clusters.
func (w *simulated) keyPool() cucm.KeySource { return testkeys.NewPool(w.seed) }

func (w *simulated) Connect(c *cucm.Cluster) (cucm.Network, error) {
	w.fleet.Connect(c)
	return w.fleet, nil
}

func (w *simulated) TFTP(n *cucm.Node) (string, error) { return n.Address(cucm.TFTPService), nil }

func (w *simulated) Fleet(fleet.Limits) (Fleet, error) { return w.fleet, nil }

// Disturb loses and delays every datagram, those of TCP too, as real networks
// do; the wire's relay stands before TFTP alone.
func (w *simulated) Disturb(d Disturbance) {
	n := virtual.LAN()
	n.Loss = d.Loss
	n.Latency += d.Delay
	w.fleet.Disturb(n)
}

func (w *simulated) Traffic() cucm.Traffic { return w.fleet.Traffic() }
func (w *simulated) Close() error          { return nil }
