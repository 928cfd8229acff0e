// Package accepttest is TCP within the process: for tests of servers in bubbles of
// testing/synctest, where time passes only while everybody waits, so that a busy machine
// changes nothing. What is written waits until it is read, as in [net.Pipe].
package accepttest

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// A Listener is reached by its own Dial alone. Make it with [Listen].
type Listener struct {
	dialled chan net.Conn
	closed  chan struct{}
	close   sync.Once
	ports   atomic.Int32 // of those that have dialled
}

// Listen listens, at an address that nobody else sees.
func Listen() *Listener {
	return &Listener{dialled: make(chan net.Conn), closed: make(chan struct{})}
}

// Addr is on loopback.
func (l *Listener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

// Accept waits for the next that dials.
func (l *Listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.dialled:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends what listens, not what was accepted. It may be called again.
func (l *Listener) Close() error {
	l.close.Do(func() { close(l.closed) })
	return nil
}

// Dial connects from an address, by a port of its own, and returns when it is accepted.
func (l *Listener) Dial(from netip.Addr) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.dialled <- &conn{far, l.Addr(), &net.TCPAddr{IP: from.AsSlice(), Port: int(l.ports.Add(1))}}:
		return near, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// conn is the end that is accepted, with addresses as of TCP.
type conn struct {
	net.Conn
	local, remote net.Addr
}

func (c *conn) LocalAddr() net.Addr  { return c.local }
func (c *conn) RemoteAddr() net.Addr { return c.remote }
