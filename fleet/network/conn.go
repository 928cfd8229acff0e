package network

import (
	"errors"
	"net"
	"os"
	"sync"
	"time"
)

// Conn is a phone's end of a TCP connection to which the network does what it does to
// TCP: what either side sends comes later, or never, which shows as a time-out.
func (w Way) Conn(raw net.Conn) net.Conn {
	return &conn{Conn: raw, over: w}
}

type conn struct {
	net.Conn
	over     Way
	deadline deadline // for reading

	mu      sync.Mutex // guards what follows
	last    flight
	out     []byte    // that the phone has sent, and the path still has,
	outDue  time.Time // until then
	sending *time.Timer
	closing bool // when that is gone; or closed

	reading sync.Mutex // guards what follows
	held    []byte     // that has come, and the path still has,
	heldDue time.Time  // until then: zero where it has nothing
	end     error      // what comes after that
}

// A flight is all that goes one way before something comes the other way.
type flight struct {
	way   way
	state Disturbance // when it began
	due   time.Time
}

type way uint8

const (
	inward way = iota + 1
	outward
)

// due is when that arrives which goes one way now; the zero time, or one of the
// past, where the path does not hold it up.
func (c *conn) due(w way) time.Time {
	state := c.over.Disturbance()
	if c.last.way != w || c.last.state != state {
		c.last = flight{way: w, state: state}
		if late := c.over.path.take(1, state); late > 0 {
			c.last.due = time.Now().Add(late)
		}
	}
	return c.last.due
}

// Write never waits for the path, as it does not on a real connection.
func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	due := c.due(outward)
	if c.closing || c.out == nil && time.Until(due) <= 0 {
		c.mu.Unlock()
		return c.Conn.Write(p)
	}
	defer c.mu.Unlock()
	c.out = append(c.out, p...)
	if due.After(c.outDue) {
		c.outDue = due
	}
	if c.sending == nil {
		c.sending = time.AfterFunc(time.Until(c.outDue), c.send)
	} else {
		c.sending.Reset(time.Until(c.outDue))
	}
	return len(p), nil
}

// sendWithin is how long the servers of this machine may take for what arrives.
const sendWithin = 10 * time.Second

// send hands on what the path had. An error shows to whoever reads.
func (c *conn) send() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.out == nil || time.Until(c.outDue) > 0 {
		return
	}
	c.Conn.SetWriteDeadline(time.Now().Add(sendWithin)) // that of the phone was for its own part
	c.Conn.Write(c.out)
	c.out = nil
	if c.closing {
		c.Conn.Close()
	}
}

// Read holds back what has come until it would have. What comes after the deadline
// is there for a later Read.
func (c *conn) Read(p []byte) (int, error) {
	c.reading.Lock()
	defer c.reading.Unlock()
	if c.heldDue.IsZero() {
		n, err := c.Conn.Read(p)
		if os.IsTimeout(err) || errors.Is(err, net.ErrClosed) {
			return n, err
		}
		c.mu.Lock()
		due := c.due(inward)
		c.mu.Unlock()
		if time.Until(due) <= 0 {
			return n, err
		}
		c.held, c.heldDue, c.end = append(c.held[:0], p[:n]...), due, err
	}
	if err := c.deadline.wait(c.heldDue); err != nil {
		return 0, &net.OpError{Op: "read", Net: "tcp", Source: c.LocalAddr(), Addr: c.RemoteAddr(), Err: err}
	}
	n := copy(p, c.held)
	if c.held = c.held[n:]; len(c.held) > 0 {
		return n, nil
	}
	c.heldDue = time.Time{}
	return n, c.end
}

func (c *conn) SetDeadline(t time.Time) error {
	c.deadline.set(t)
	return c.Conn.SetDeadline(t)
}

func (c *conn) SetReadDeadline(t time.Time) error {
	c.deadline.set(t)
	return c.Conn.SetReadDeadline(t)
}

// Close lets go what will still arrive, as a real connection does.
func (c *conn) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.closing:
		return net.ErrClosed
	case c.out != nil && time.Until(c.outDue) < Never/2:
		c.Conn.SetReadDeadline(time.Unix(1, 0))
	default:
		c.out = nil
		defer c.Conn.Close()
	}
	c.closing = true
	c.deadline.close()
	return nil
}

// A deadline ends waiting. It may be moved meanwhile. The zero value is none.
type deadline struct {
	mu      sync.Mutex
	at      time.Time     // zero: there is none
	closed  bool          // nothing is waited for any more
	changed chan struct{} // closed when that is another; nil: nobody waits
}

func (d *deadline) set(at time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = at
	d.wake()
}

func (d *deadline) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	d.wake()
}

// wake has who waits look again. The caller holds mu.
func (d *deadline) wake() {
	if d.changed != nil {
		close(d.changed)
		d.changed = nil
	}
}

// wait returns nil once it is due, or says what came before.
func (d *deadline) wait(due time.Time) error {
	for {
		d.mu.Lock()
		if d.closed {
			d.mu.Unlock()
			return net.ErrClosed
		}
		if d.changed == nil {
			d.changed = make(chan struct{})
		}
		until, changed := due, d.changed
		late := !d.at.IsZero() && d.at.Before(due)
		if late {
			until = d.at
		}
		d.mu.Unlock()
		select {
		case <-time.After(time.Until(until)):
			if late {
				return os.ErrDeadlineExceeded
			}
			return nil
		case <-changed:
		}
	}
}
