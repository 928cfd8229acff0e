package accept

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"sync"
	"syscall"
	"time"
)

// Limits are what a server grants connections; the doc of the package says how they
// work. A field that is zero is as in [Usual].
type Limits struct {
	Unproven int           // connections at a time whose peers have proved nothing
	Share    int           // of them, from one address
	Patience time.Duration // with a peer, for each message and for each write
}

// Usual are the limits of services for phones. A thousand connections of strangers cost
// some 30 MB by TLS. A fleet has 128 phones boot at a time, each over one connection:
// twice as many find room, though all were behind one address. Phones give up after
// ten seconds, too.
var Usual = Limits{Unproven: 1024, Share: 256, Patience: 10 * time.Second}

func (l Limits) orUsual() Limits {
	return Limits{
		Unproven: cmp.Or(l.Unproven, Usual.Unproven),
		Share:    cmp.Or(l.Share, Usual.Share),
		Patience: cmp.Or(l.Patience, Usual.Patience),
	}
}

const (
	// pause is how long to wait when no connection can be accepted: the process is
	// out of file descriptors, most likely.
	pause = 10 * time.Millisecond
	// grace is how long a peer may be waited for and not count as silent. Phones of
	// a lab answer within milliseconds, over a slow network in a tenth of a second.
	grace = time.Second
	// drawn is among how many the one to be dropped is chosen.
	drawn = 4
)

// A Listener accepts connections within limits; they are [*Conn]. Make it with
// [Listen].
type Listener struct {
	net.Listener
	limits Limits
	ctx    context.Context // of all connections
	closed chan struct{}
	close  sync.Once
	left   chan struct{} // has something when there may be room again

	mu       sync.Mutex
	sources  map[netip.Prefix][]*Conn // the unproven
	unproven int
}

// Listen accepts what comes to a listener of TCP, which is its own from then on.
func Listen(l net.Listener, limits Limits) *Listener {
	return &Listener{
		Listener: l, limits: limits.orUsual(), ctx: context.Background(), sources: make(map[netip.Prefix][]*Conn),
		closed: make(chan struct{}), left: make(chan struct{}, 1),
	}
}

// Accept waits for the next connection. It fails only when the listener is closed.
func (l *Listener) Accept() (net.Conn, error) {
	for {
		raw, err := l.Listener.Accept()
		if err == nil {
			if conn := l.admit(raw); conn != nil {
				return conn, nil
			}
			return nil, net.ErrClosed
		}
		if errors.Is(err, syscall.EMFILE) || errors.Is(err, syscall.ENFILE) {
			l.dropSilent()
		}
		select {
		case <-time.After(pause):
		case <-l.closed:
			return nil, net.ErrClosed
		}
	}
}

// Close ends the listener, not what it has accepted. It may be called again.
func (l *Listener) Close() error {
	l.close.Do(func() { close(l.closed) })
	if err := l.Listener.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// admit finds a connection a place, where need be another's. It is nil if the listener
// is closed meanwhile.
func (l *Listener) admit(raw net.Conn) *Conn {
	c := newConn(raw, l)
	l.mu.Lock()
	defer l.mu.Unlock()
	for {
		own := l.sources[c.from]
		if len(own) < l.limits.Share && l.unproven < l.limits.Unproven {
			l.add(c)
			return c
		}
		most := own
		if len(own) < l.limits.Share {
			most = l.most(own)
		}
		if last := longest(most); len(most) > 1 || last.silent() > grace {
			l.drop(last)
			continue
		}
		l.mu.Unlock()
		open := l.awaitRoom()
		l.mu.Lock()
		if !open {
			c.end()
			raw.Close()
			return nil
		}
	}
}

// awaitRoom waits until there may be room, or somebody may count as silent. It is
// false when the listener is closed.
func (l *Listener) awaitRoom() bool {
	select {
	case <-l.left:
	case <-time.After(grace):
	case <-l.closed:
	}
	select {
	case <-l.closed:
		return false
	default:
		return true
	}
}

// most are the unproven connections of the address that has most; own, where none has
// more.
func (l *Listener) most(own []*Conn) []*Conn {
	for _, conns := range l.sources {
		if len(conns) > len(own) {
			own = conns
		}
	}
	return own
}

// longest is, of some drawn at random, the one that has been waited for longest.
func longest(conns []*Conn) *Conn {
	one := conns[rand.IntN(len(conns))]
	for range drawn - 1 {
		if other := conns[rand.IntN(len(conns))]; other.silent() > one.silent() {
			one = other
		}
	}
	return one
}

// dropSilent drops one that has been waited for, if there is any, so that its
// descriptor is free.
func (l *Listener) dropSilent() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if most := l.most(nil); len(most) > 0 {
		if last := longest(most); last.silent() > grace {
			l.drop(last)
		}
	}
}

// drop ends a connection by a reset, which leaves nothing of it in the kernel. The
// caller holds mu.
func (l *Listener) drop(c *Conn) {
	l.remove(c)
	c.closed = true
	c.leave()
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Conn.Close()
}

// add counts a connection among the unproven. The caller holds mu.
func (l *Listener) add(c *Conn) {
	c.counted = true
	l.sources[c.from] = append(l.sources[c.from], c)
	l.unproven++
}

// remove counts it no more. The caller holds mu.
func (l *Listener) remove(c *Conn) {
	if !c.counted {
		return
	}
	c.counted = false
	l.unproven--
	conns := l.sources[c.from]
	i, last := slices.Index(conns, c), len(conns)-1
	conns[i], conns[last] = conns[last], nil
	if l.sources[c.from] = conns[:last]; last == 0 {
		delete(l.sources, c.from)
	}
	select {
	case l.left <- struct{}{}:
	default:
	}
}
