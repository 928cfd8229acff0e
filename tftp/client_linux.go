package tftp

import (
	"context"
	"net"
	"net/netip"
	"slices"
	"sync"
	"time"
)

// Sockets are what the transfers of many clients share. Each transfer has its own TID
// none the less: no two clients of one address are at one port with the same server.
// Make them with [NewSockets]; they are safe for concurrent use.
type Sockets struct {
	local   netip.Addr // that the sockets are bound to
	alarm   *alarm
	running sync.WaitGroup

	mu      sync.Mutex // guards what follows
	core    fetching
	ports   []*port
	late    int       // datagrams that are on their way through a path
	arrived sync.Cond // none is
	closed  bool      // no transfer is begun
	silent  bool      // nor any datagram sent
}

// NewSockets makes them; the first is opened when there is something to send.
func NewSockets() *Sockets {
	s := &Sockets{local: netip.IPv4Unspecified(), core: fetching{byTID: make(map[tid]*fetch)}}
	s.alarm = newAlarm(s.tick)
	s.arrived.L = &s.mu
	return s
}

// Close ends what is under way, and closes the sockets when the last ACKs have been
// sent, those too which the paths of clients delay.
func (s *Sockets) Close() {
	s.mu.Lock()
	s.closed = true
	s.alarm.timer.Stop()
	for _, f := range s.core.byTID {
		if !f.over {
			s.core.end(s.alarm.now(), f, net.ErrClosed)
		}
	}
	s.mu.Unlock()
	for _, p := range s.ports {
		p.finish()
	}
	s.running.Wait()
	s.mu.Lock()
	for s.late > 0 {
		s.arrived.Wait()
	}
	s.silent = true
	s.mu.Unlock()
	for _, p := range s.ports {
		p.conn.Close()
	}
}

func fetchEngine(ctx context.Context, c *Client, server, name string) ([]byte, error) {
	at, err := net.ResolveUDPAddr("udp4", server)
	if err != nil {
		return nil, err
	}
	if c.Sockets != nil && c.Local.Is4() {
		return c.Sockets.fetch(ctx, c, at, name)
	}
	s := NewSockets()
	if c.Local.IsValid() {
		s.local = c.Local
	}
	if c.Path == nil {
		defer s.Close()
	} else {
		defer func() { go s.Close() }() // the last ACK may take its time
	}
	return s.fetch(ctx, c, at, name)
}

// fetch runs one transfer.
func (s *Sockets) fetch(ctx context.Context, c *Client, server *net.UDPAddr, name string) ([]byte, error) {
	f := &fetch{
		name: name, asked: uint16(server.Port), max: c.MaxSize, timeout: c.Timeout, retries: c.Retries,
		path: c.Path, done: make(chan struct{}), resent: func() { c.Retransmits.Add(1) },
	}
	copy(f.server[:], server.IP.To4())
	if c.Local.Is4() && s.local.IsUnspecified() {
		f.local = c.Local.As4()
	}
	var buf [maxRequest]byte
	s.mu.Lock()
	p, err := s.choose(f)
	if err != nil {
		s.mu.Unlock()
		return nil, err
	}
	request := f.datagram(s.core.ask(s.alarm.now(), f, buf[:0]))
	s.alarm.set(s.core.wheel.next())
	s.mu.Unlock()

	if err = s.send(p, f.path, request); err != nil {
		s.cancel(p, f, s.explain(c.Local, err))
	}
	select {
	case <-f.done:
	case <-ctx.Done():
		s.cancel(p, f, ctx.Err())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	data := f.data
	f.data = nil // the TID stays for a while
	return data, f.err
}

// choose finds a port for a transfer. The caller holds the lock.
func (s *Sockets) choose(f *fetch) (*port, error) {
	if s.closed {
		return nil, net.ErrClosed
	}
	i, ok := s.core.choose(f.tid)
	if !ok {
		p, err := listenPort(netip.AddrPortFrom(s.local, 0))
		if err != nil {
			return nil, err
		}
		i = len(s.ports)
		s.ports, s.core.load = append(s.ports, p), append(s.core.load, 0)
		s.running.Go(func() {
			p.read(headerSize+blockSize, func(in datagram, to []byte) []byte { return s.received(i, in, to) })
		})
	}
	f.port = i
	return s.ports[i], nil
}

// explain says why nothing can be sent from an address. A socket for all addresses
// only says that there is no way; one that is bound to it says what is wrong.
func (s *Sockets) explain(local netip.Addr, err error) error {
	if !local.IsValid() {
		return err
	}
	p, failed := listenPort(netip.AddrPortFrom(local, 0))
	if failed != nil {
		return failed
	}
	p.conn.Close()
	return err
}

func (s *Sockets) cancel(p *port, f *fetch, err error) {
	s.mu.Lock()
	message := f.datagram(s.core.cancel(s.alarm.now(), f, err, nil))
	s.mu.Unlock()
	_ = s.send(p, f.path, message)
}

// datagram is one to the transfer's server.
func (f *fetch) datagram(p []byte) datagram { return datagram{f.to(), f.local, p} }

// received takes what came to the i-th port.
func (s *Sockets) received(i int, in datagram, to []byte) []byte {
	s.mu.Lock()
	f := s.core.find(tid{in.local, i, in.remote.ip})
	if f == nil || f.path == nil {
		defer s.mu.Unlock()
		return s.core.receive(s.alarm.now(), f, in.remote.port, in.data, to)
	}
	p := s.ports[i]
	s.mu.Unlock()
	in.data = slices.Clone(in.data)
	s.pass(f.path, func() {
		s.mu.Lock()
		answer := s.core.receive(s.alarm.now(), f, in.remote.port, in.data, nil)
		s.mu.Unlock()
		_ = s.send(p, f.path, datagram{in.remote, in.local, answer})
	})
	return to
}

// send sends what a client has to say, if anything, by its path.
func (s *Sockets) send(p *port, path Path, d datagram) error {
	switch {
	case len(d.data) == 0:
		return nil
	case path == nil:
		return p.send(d)
	}
	d.data = slices.Clone(d.data)
	s.pass(path, func() { _ = p.send(d) }) // a datagram may get lost
	return nil
}

// pass has a datagram arrive if and when the path lets it.
func (s *Sockets) pass(path Path, arrive func()) {
	switch after, lost := path.Datagram(); {
	case lost:
	case after <= 0:
		arrive()
	default:
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.silent {
			return
		}
		s.late++
		time.AfterFunc(after, func() {
			arrive()
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.late--; s.late == 0 {
				s.arrived.Broadcast()
			}
		})
	}
}

// tick sends again what was not answered in time.
func (s *Sockets) tick() {
	type packet struct {
		*port
		Path
		datagram
	}
	var out []packet
	s.mu.Lock()
	s.alarm.rung()
	s.core.expire(s.alarm.now(), func(f *fetch, p []byte) {
		out = append(out, packet{s.ports[f.port], f.path, f.datagram(p)})
	})
	if !s.closed {
		s.alarm.set(s.core.wheel.next())
	}
	s.mu.Unlock()
	for _, p := range out {
		_ = s.send(p.port, p.Path, p.datagram)
	}
}
