package network

import (
	"context"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"itlsim/internal/tcp"
)

// A Network is the one between the phones and the servers of a fleet on real
// sockets. The zero value is sound and leads everywhere; it is safe for
// concurrent use.
type Network struct {
	// Seed of what happens to the phones.
	Seed uint64
	// Targets are where the network leads: everywhere if there are none. What a server
	// tells phones of others, by address or by name, leads nowhere else.
	Targets []netip.Prefix
	// Pace, where not 0, has the network do everything so many times as fast, for
	// phones whose time-outs are that much shorter. None of these may change once
	// there are paths.
	Pace float64

	condition atomic.Pointer[Condition] // nil: sound
}

// Disturb gives the network another condition from now on. What is on its way
// already comes as it would have.
func (n *Network) Disturb(c Condition) {
	if c.Sound() {
		n.condition.Store(nil)
		return
	}
	n.condition.Store(&c)
}

// Disturbed reports whether the network does anything to anybody at present.
func (n *Network) Disturbed() bool { return n.condition.Load() != nil }

// Path is the way between the i-th phone, which is at a site, and its servers.
func (n *Network) Path(i int, site string) *Path {
	return &Path{network: n, site: site, chance: NewChance(n.Seed, i)}
}

// A Path is the way between a phone and its servers. It is safe for concurrent
// use.
type Path struct {
	network *Network
	site    string
	mu      sync.Mutex
	chance  Chance
}

// A Way is that part of a path that leads to one server.
type Way struct {
	path   *Path
	server string // host:port, or a host
}

// To is the way to a server, host:port; to a host where the port says nothing.
func (p *Path) To(server string) Way { return Way{p, server} }

// Disturbance is what happens on the way at present.
func (w Way) Disturbance() Disturbance {
	c := w.path.network.condition.Load()
	if c == nil {
		return Disturbance{}
	}
	return c.Between(w.path.site, w.server)
}

// Question draws by how much later than at once a question that comes to the phone this way is
// answered; [Never] where one of the two does not arrive.
func (w Way) Question() time.Duration { return w.path.take(Exchange, w.Disturbance()) }

// Datagram says what becomes of the next datagram, either way: it is lost, or it
// arrives after so much time (the Path of package tftp).
func (w Way) Datagram() (after time.Duration, lost bool) {
	d := w.Disturbance()
	if d == (Disturbance{}) {
		return 0, false
	}
	p := w.path
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.network.paced(d.late(&p.chance)), p.chance.With(d.Loss)
}

// take draws how long so many flights of TCP take, one after the other, where this
// happens to them; Never where one of them does not arrive.
func (p *Path) take(flights int, d Disturbance) (took time.Duration) {
	if d == (Disturbance{}) {
		return 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for range flights {
		late := Late(&p.chance, d.Loss)
		if late == Never {
			return Never
		}
		took += p.network.paced(d.late(&p.chance) + late)
	}
	return took
}

func (n *Network) paced(d time.Duration) time.Duration {
	if n.Pace == 0 {
		return d
	}
	return time.Duration(float64(d) / n.Pace)
}

// Dial connects to a server by TCP, host:port, from an address; the zero one stands for
// whichever the system chooses.
func (p *Path) Dial(ctx context.Context, local netip.Addr, server string) (net.Conn, error) {
	way := p.To(server)
	if wait := p.take(Opening, way.Disturbance()); wait > 0 {
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: ctx.Err()}
		}
	}
	server, err := p.network.Target(ctx, server)
	if err != nil {
		return nil, err
	}
	raw, err := tcp.Dial(ctx, local, server)
	if err != nil {
		return nil, err
	}
	return way.Conn(raw), nil
}
