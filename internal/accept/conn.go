package accept

import (
	"context"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"itlsim/internal/contain"
)

// A Conn is a connection that a [Listener] has accepted. It comes with a deadline for
// the peer's first message, and gives each write one.
type Conn struct {
	net.Conn
	party
	listener *Listener
	reading  atomic.Int64 // since when the peer is waited for, by now; 0: it is not
	writing  atomic.Int64 // likewise, to take what is written
	open     context.Context
	end      context.CancelFunc // when it is closed on this side
	job      job

	// The listener's mu guards these.
	counted bool // among the unproven
	closed  bool
}

func newConn(raw net.Conn, l *Listener) *Conn {
	c := &Conn{Conn: raw, listener: l}
	c.open, c.end = context.WithCancel(l.ctx)
	if tcp, ok := raw.RemoteAddr().(*net.TCPAddr); ok {
		c.from = Source(tcp.AddrPort().Addr())
	}
	c.Expect()
	return c
}

// Source is what counts as one address: of IPv6 the 64 bits of a network, in which a
// machine has as many addresses as it likes (RFC 4291, 2.5.4).
func Source(a netip.Addr) netip.Prefix {
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // the zero address has the zero prefix
	return p
}

// Expect gives the peer the patience of the limits, from now on, for a message: all
// that is read until Expect is called again.
func (c *Conn) Expect() { c.SetReadDeadline(time.Now().Add(c.listener.limits.Patience)) }

// Prove says that the peer has shown who it is: the connection keeps its place.
func (c *Conn) Prove() {
	arrived.Store(now())
	c.prove()
}

func (c *Conn) prove() {
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	c.listener.remove(c)
}

// Doubt takes back what Prove said.
func (c *Conn) Doubt() {
	c.listener.mu.Lock()
	defer c.listener.mu.Unlock()
	if !c.counted && !c.closed {
		c.listener.add(c)
	}
}

// Read reads; see [net.Conn]. What it has read is worked at when it is the peer's turn.
func (c *Conn) Read(b []byte) (int, error) {
	c.job.unless(func() { processors.end(&c.party) })
	c.reading.Store(now())
	n, err := c.Conn.Read(b)
	c.reading.Store(0)
	if n > 0 && !c.job.isAt() {
		c.work()
	}
	return n, err
}

// Write writes all of b within the patience of the limits, or fails.
func (c *Conn) Write(b []byte) (int, error) {
	working, answering := c.rest(), c.job.isAt()
	c.writing.Store(now())
	c.Conn.SetWriteDeadline(time.Now().Add(c.listener.limits.Patience))
	n, err := c.Conn.Write(b)
	c.writing.Store(0)
	switch {
	case answering:
		c.goOn(c.open)
	case working: // else it is who tells the peer something unasked
		c.work()
	}
	return n, err
}

// Close closes the connection and gives its place up.
func (c *Conn) Close() error {
	contain.Holding(&c.listener.mu, func() {
		c.listener.remove(c)
		c.closed = true
	})
	c.leave()
	return c.Conn.Close()
}

// silent is how long the peer has been waited for.
func (c *Conn) silent() time.Duration {
	longest := time.Duration(0)
	for _, since := range []int64{c.reading.Load(), c.writing.Load()} {
		if since != 0 {
			longest = max(longest, time.Duration(now()-since))
		}
	}
	return longest
}

// start is when the process began, and now what has passed since, in nanoseconds. It
// is never 0.
var start = time.Now()

func now() int64 { return int64(time.Since(start)) + 1 }
