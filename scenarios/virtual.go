package scenarios

import (
	"context"
	"math/rand/v2"
	"sync"
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
	live  bool

	passing sync.Mutex // held while scenario time passes
	mu      sync.Mutex
	rate    float64
}

func simulate(opt Options) *simulated {
	w := &simulated{Clock: virtual.NewClock(), seed: uint64(opt.Seed), live: opt.Live != nil, rate: 1}
	cfg := virtual.Config{Clock: w.Clock, Seed: w.seed, Workers: opt.Workers, Boots: opt.Boots, Network: virtual.LAN()}
	if opt.Live != nil {
		cfg.Observer = opt.Live.Observer
	}
	w.fleet = virtual.New(cfg)
	return w
}

func (w *simulated) Wait(ctx context.Context, d time.Duration) error {
	w.passing.Lock()
	defer w.passing.Unlock()
	return w.fleet.Advance(ctx, d)
}

// Pass simulates what happens meanwhile. What the machine does not manage in
// time is not made up for.
func (w *simulated) Pass(ctx context.Context, d time.Duration) time.Duration {
	w.Wait(ctx, time.Duration(float64(min(d, 2*liveEvery))*w.Rate())) // fails when the stage is closed
	return 0                                                          // simulated registrations do not lapse
}

func (w *simulated) SetRate(rate float64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rate = rate
}

func (w *simulated) Rate() float64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rate
}

// unhurried is a simulated fleet that people look at: its phones settle as time
// passes.
type unhurried struct {
	*virtual.Fleet
	world *simulated
}

func (f unhurried) Settle(ctx context.Context) error {
	tick := time.NewTicker(liveEvery)
	defer tick.Stop()
	for f.Busy() > 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	f.world.passing.Lock()
	defer f.world.passing.Unlock()
	return f.Fleet.Settle(ctx) // what is no boot
}

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

func (w *simulated) Fleet(fleet.Limits) (fleet.Fleet, error) {
	if w.live {
		return unhurried{w.fleet, w}, nil
	}
	return w.fleet, nil
}

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
