package network

import (
	"context"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// A Disturbance is what a network does to what passes it. The zero value does
// nothing.
type Disturbance struct {
	Loss  float64       // share of datagrams that is lost, each way
	Delay time.Duration // of each datagram, each way
}

// A Network is the one between the phones and the servers of a fleet on real
// sockets. The zero value is sound; it is safe for concurrent use.
type Network struct {
	// Seed of what happens to the phones.
	Seed uint64
	// Pace, where not 0, has the network do everything so many times as fast, for
	// phones whose time-outs are that much shorter. Neither may change once there
	// are paths.
	Pace float64

	state atomic.Pointer[Disturbance] // nil: sound
}

// Disturb makes the network as bad as this from now on. What is on its way already
// comes as it would have.
func (n *Network) Disturb(d Disturbance) {
	if d == (Disturbance{}) {
		n.state.Store(nil)
		return
	}
	n.state.Store(&d)
}

// Disturbed reports whether the network does anything at present.
func (n *Network) Disturbed() bool { return n.state.Load() != nil }

// Path is the way between the i-th phone and its servers.
func (n *Network) Path(i int) *Path { return &Path{network: n, chance: NewChance(n.Seed, i)} }

// A Path is the way between a phone and its servers. It is safe for concurrent
// use.
type Path struct {
	network *Network
	mu      sync.Mutex
	chance  Chance
}

// Datagram says what becomes of the next datagram, either way: it is lost, or it
// arrives after so much time (the Path of package tftp).
func (p *Path) Datagram() (after time.Duration, lost bool) {
	d := p.network.state.Load()
	if d == nil {
		return 0, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.network.paced(d.Delay), p.chance.With(d.Loss)
}

// take draws how long so many flights of TCP take, one after the other, on a
// network in this state; Never where one of them does not arrive.
func (p *Path) take(flights int, d *Disturbance) (took time.Duration) {
	if d == nil {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for range flights {
		late := Late(&p.chance, d.Loss)
		if late == Never {
			return Never
		}
		took += p.network.paced(d.Delay + late)
	}
	return took
}

func (n *Network) paced(d time.Duration) time.Duration {
	if n.Pace == 0 {
		return d
	}
	return time.Duration(float64(d) / n.Pace)
}

// Dial connects to a server by TCP, as [net.Dialer.DialContext] does.
func (p *Path) Dial(ctx context.Context, dialer *net.Dialer, address string) (net.Conn, error) {
	if wait := p.take(Opening, p.network.state.Load()); wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
		}
	}
	raw, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	return p.Conn(raw), nil
}
