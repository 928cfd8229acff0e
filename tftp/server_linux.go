package tftp

import (
	"net"
	"net/netip"
	"runtime"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// transfersAPort is how many transfers share a socket. Each has one datagram under way
// at most, an ACK, and so many fit into the smallest buffer that Linux gives a socket
// by default: 212,992 bytes, of which the kernel counts smallDatagram for an ACK.
const transfersAPort = 125

// smallDatagram is what the kernel counts for one, in bytes: 768, and a third of that
// again, as it may count a quarter of a buffer that has been read already.
const smallDatagram = 1024

// burst is how many requests may come at once, with nobody at hand to read them.
const burst = 2048

// sockets is a server on sockets: one port for requests, some for transfers.
type sockets struct {
	files    FileFunc
	dropped  func()
	requests []*port // all at the one port, see listenRequests
	ports    []*port // for transfers
	patience time.Duration
	close    sync.Once
	running  sync.WaitGroup

	mu     sync.Mutex // guards what follows
	core   *serving
	alarm  *alarm
	ready  sync.Cond // a transfer is, or the server is closed
	idle   sync.Cond // no transfer is under way
	closed bool
}

func listenEngine(at netip.AddrPort, cfg ServerConfig) (engine, error) {
	s := &sockets{
		files: cfg.Files, dropped: cfg.Dropped, patience: cfg.Timeout * time.Duration(cfg.Retries+1),
	}
	if s.dropped == nil {
		s.dropped = func() {}
	}
	s.ready.L, s.idle.L = &s.mu, &s.mu
	var err error
	if s.requests, err = listenRequests(at); err == nil {
		at = s.requests[0].at
		// two at least, so that successive transfers of a client differ in their TIDs
		for n := max(2, (cfg.MaxTransfers+transfersAPort-1)/transfersAPort); len(s.ports) < n && err == nil; {
			var p *port
			if p, err = listenPort(netip.AddrPortFrom(at.Addr(), 0)); err == nil {
				s.ports = append(s.ports, p)
			}
		}
	}
	if err != nil {
		s.closeSockets()
		return nil, err
	}
	s.core = newServing(cfg, len(s.ports))
	s.alarm = newAlarm(s.tick)
	for _, p := range s.requests {
		s.running.Go(func() { p.read(maxRequest, s.requested) })
	}
	for i, p := range s.ports {
		s.running.Go(func() {
			p.read(blockSize, func(in datagram, to []byte) []byte { return s.received(i, in, to) })
		})
	}
	for range max(2, runtime.GOMAXPROCS(0)) {
		s.running.Go(s.readFiles)
	}
	return s, nil
}

// requestBuffer is how large a buffer the system is asked for, in bytes.
var requestBuffer = 4 << 20

// listenRequests binds the port for requests. A burst of them has to fit into its
// buffer while no processor is free to read them. Where the system grants too small a
// one (net.core.rmem_max), several sockets share the port, each with a buffer of its
// own. The first is bound alone, so that the port of another program is not shared.
func listenRequests(at netip.AddrPort) ([]*port, error) {
	first, err := listenPort(at)
	if err != nil {
		return nil, err
	}
	ports := []*port{first}
	room := first.setReadBuffer(requestBuffer)
	if room >= burst*smallDatagram || set(first.raw, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1) != nil {
		return ports, nil
	}
	share := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) error {
		return set(raw, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1)
	}}
	// twice the room, as the kernel deals clients out by hash
	for room < 2*burst*smallDatagram && len(ports) < 16 {
		p, err := listenPortBy(share, first.at)
		if err != nil {
			break // less room then
		}
		room += p.setReadBuffer(requestBuffer)
		ports = append(ports, p)
	}
	return ports, nil
}

// requested takes a request. What there is to say at once goes out from a port for
// transfers.
func (s *sockets) requested(in datagram, to []byte) []byte {
	var buf [headerSize + maxGranted]byte
	s.mu.Lock()
	before := s.core.stats.Dropped
	port, answer := s.core.request(s.alarm.now(), ends{in.remote, in.local}, in.data, buf[:0])
	dropped := s.core.stats.Dropped > before
	s.changed()
	s.mu.Unlock()
	if dropped {
		s.dropped()
	}
	if len(answer) > 0 {
		in.data = answer
		s.ports[port].send(in) // a datagram may get lost
	}
	return to
}

// received takes what came to the i-th port for transfers.
func (s *sockets) received(i int, in datagram, to []byte) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	to = s.core.receive(s.alarm.now(), i, ends{in.remote, in.local}, in.data, to)
	s.changed()
	return to
}

// changed wakes who waits for what has become of the core. The caller holds the lock.
func (s *sockets) changed() {
	if len(s.core.ready) > 0 {
		s.ready.Signal()
	}
	if s.core.closing && s.core.idle() {
		s.idle.Broadcast()
	}
	if !s.closed {
		s.alarm.set(s.core.wheel.next())
	}
}

// tick sends again what was not acknowledged in time.
func (s *sockets) tick() {
	var out []outgoing
	s.mu.Lock()
	s.alarm.rung()
	s.core.expire(s.alarm.now(), func(t *transfer, p []byte) { out = append(out, outgoing{t.port, t.datagram(p)}) })
	s.changed()
	s.mu.Unlock()
	s.send(out)
}

// An outgoing is a datagram and the port it goes out from.
type outgoing struct {
	port int
	datagram
}

func (s *sockets) send(out []outgoing) {
	for _, o := range out {
		s.ports[o.port].send(o.datagram)
	}
}

// datagram is one to the transfer's client.
func (t *transfer) datagram(p []byte) datagram { return datagram{t.client, t.server, p} }

// readFiles reads files, and sends what they begin with. A few goroutines do: where it
// takes time to read one, as to sign a configuration, those that acknowledge and ask
// get their turn at the processors none the less.
func (s *sockets) readFiles() {
	var buf [headerSize + maxGranted]byte
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		t := s.core.next()
		if t == nil {
			if s.closed {
				return
			}
			s.ready.Wait()
			continue
		}
		var p []byte
		if t.phase == sending {
			p = s.core.send(t, buf[:0])
		} else {
			s.mu.Unlock()
			file, err := s.files(t.name)
			s.mu.Lock()
			p = s.core.loaded(s.alarm.now(), t, file, err, buf[:0])
		}
		s.changed()
		s.mu.Unlock()
		s.ports[t.port].send(t.datagram(p))
		s.mu.Lock()
	}
}

func (s *sockets) addr() netip.AddrPort { return s.requests[0].at }

func (s *sockets) stats() ServerStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.core.stats
}

func (s *sockets) hurry() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.core.hasty = true
}

func (s *sockets) shut() {
	s.close.Do(func() {
		for _, p := range s.requests {
			p.conn.Close()
		}
		impatience := time.AfterFunc(s.patience, s.stop)
		s.mu.Lock()
		s.core.closing = true
		for !s.core.idle() {
			s.idle.Wait()
		}
		s.closed = true
		s.alarm.timer.Stop()
		s.ready.Broadcast()
		s.mu.Unlock()
		impatience.Stop()
		for _, p := range s.ports {
			p.finish()
		}
		s.running.Wait() // the last answers have been sent
		s.closeSockets()
	})
}

// stop ends what runs when Close has waited for long enough. It sends under the lock,
// before Close can go on to close the sockets.
func (s *sockets) stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.core.stop(s.alarm.now(), func(t *transfer, p []byte) { _ = s.ports[t.port].send(t.datagram(p)) })
	s.changed()
}

func (s *sockets) closeSockets() {
	for _, p := range append(s.requests, s.ports...) {
		p.conn.Close()
	}
}
