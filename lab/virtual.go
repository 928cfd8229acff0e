package lab

import (
	"cmp"
	"context"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/fleet/virtual"
)

// simulated is the world of virtual time, a function of its seed.
type simulated struct {
	*virtual.Clock
	seed  uint64
	fleet *virtual.Fleet
	site  func(i int) string // the group of the i-th phone
	live  bool
	drawn byte // clusters that have serial numbers

	passing sync.Mutex // held while scenario time passes
	mu      sync.Mutex
	rate    float64
}

// openVirtual opens the world of a shard of so many phones. What a network and its nodes have
// room for it has its share of.
func openVirtual(opt Options, phones int, begins time.Time) *simulated {
	w := &simulated{
		Clock: virtual.NewClockAt(begins), seed: uint64(opt.Seed), live: opt.Live != nil && !opt.Live.Still, rate: 1,
	}
	net := virtual.LAN()
	net.Serving, net.Handshakes = opt.Shard.Share(net.Serving), opt.Shard.Share(net.Handshakes)
	first, _ := opt.Shard.Range(phones)
	cfg := virtual.Config{
		Clock: w.Clock, Seed: w.seed, Workers: opt.Workers, Network: net, First: first, Total: phones,
		Boots: opt.Shard.Share(cmp.Or(opt.Boots, virtual.DefaultBoots)),
		Site:  func(i int) string { return w.site(i) },
	}
	if opt.Live != nil {
		cfg.Observer = opt.Live.Observer
	}
	w.fleet = virtual.New(cfg)
	return w
}

func (w *simulated) KeepAlives(context.Context, time.Duration) error { return nil }

func (w *simulated) Wait(ctx context.Context, d time.Duration) error {
	w.passing.Lock()
	defer w.passing.Unlock()
	return w.fleet.Advance(ctx, d)
}

func (w *simulated) HoldKeepAlives(d time.Duration) { w.fleet.HoldKeepAlives(d) }

func (w *simulated) Settled() bool { return w.fleet.Settled() }

func (w *simulated) SettleFor(ctx context.Context, d time.Duration) error {
	if w.live {
		return settleFor(ctx, liveFleet{w.fleet, w}, time.Duration(float64(d)/w.Rate()))
	}
	w.passing.Lock()
	defer w.passing.Unlock()
	return w.fleet.SettleFor(ctx, d)
}

// Pass simulates what happens meanwhile. A machine that is too slow falls behind
// the rate; what it missed is not made up for.
func (w *simulated) Pass(ctx context.Context, d time.Duration) time.Duration {
	d = min(d, 2*liveEvery)
	w.Wait(ctx, time.Duration(float64(d)*w.Rate())) // fails when the lab is closed
	return 0                                        // simulated registrations are kept alive
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

// Configure has the seed draw serial numbers, and one configuration signed for
// all phones of a CallManager Group.
func (w *simulated) Configure(cfg *cucm.Config) {
	cfg.Random = w.random(w.drawn)
	w.drawn++
	cfg.SharedConfigurations = true
}

// forHostKeys is whose random numbers become SFTP servers' keys; clusters count from 0.
const forHostKeys = 0xff

func (w *simulated) HostKeys() io.Reader { return w.random(forHostKeys) }

// random are the seed's random numbers for one of those who need some.
func (w *simulated) random(whose byte) io.Reader {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], w.seed)
	seed[8] = whose
	return rand.NewChaCha8(seed)
}

func (w *simulated) Remembers() bool { return true }

func (w *simulated) Fork(
	site func(int) string, clusters func(*virtual.Fleet) ([]*cucm.Cluster, error),
) (*virtual.Fleet, error) {
	return w.fleet.Fork(site, clusters)
}

func (w *simulated) Connect(c *cucm.Cluster) (services, error) {
	w.fleet.Connect(c)
	return w.fleet, nil
}

func (w *simulated) Fleet(_ fleet.Limits, phones int, site func(int) string) (fleet.Fleet, error) {
	w.site = site
	w.fleet.Reserve(phones)
	if w.live {
		return liveFleet{w.fleet, w}, nil
	}
	return w.fleet, nil
}

// liveFleet is a simulated fleet that people watch: its phones settle as time
// passes by itself.
type liveFleet struct {
	*virtual.Fleet
	world *simulated
}

func (f liveFleet) Settle(ctx context.Context) error {
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

func (w *simulated) Impair(c network.Condition) { w.fleet.Impair(c) }

func (w *simulated) Traffic() cucm.Traffic { return w.fleet.Traffic() }
func (w *simulated) Close() error          { return nil }
