package sip

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"itlsim/internal/accept"
	"itlsim/internal/contain"
)

// DefaultIdle is what a zero ServerConfig.Idle means: more than twice as long as a
// phone lets pass between two registrations.
const DefaultIdle = 5 * time.Minute

// ServerConfig says how a [Server] answers.
type ServerConfig struct {
	// Handle answers a request by [Exchange.Answer], and may do something after
	// that. It is called from many goroutines at once.
	Handle func(*Exchange)
	// Limits are those of connections. One is proven while it is kept for somebody
	// ([Exchange.Keep]). A peer has their patience for a handshake, for its first
	// message, and for each that it has begun.
	Limits accept.Limits
	// Idle is how long a connection that is kept may be silent between messages; 0
	// means DefaultIdle. Any other has the patience of Limits.
	Idle time.Duration
	TLS  *tls.Config // nil: without
	// Fault, where not nil, is told of a panic in serving a connection, which ends that
	// one alone.
	Fault func(error)
}

// An Exchange is a request that came, and the way to answer it.
type Exchange struct {
	Request       *Message
	Local, Remote netip.AddrPort // the address that was connected to, and the peer's
	ByTLS         bool
	Peer          *x509.Certificate // that it showed; nil: none, or not by TLS

	write func([]byte)
	cut   func()
	keep  func(name string)
	letGo func(name string)
}

// Answer sends answers to the request, at once: a provisional one and a final
// one, say.
func (x *Exchange) Answer(replies ...Reply) {
	all := drafts.Get().(*[]byte)
	defer drafts.Put(all)
	*all = (*all)[:0]
	for i := range replies {
		*all = replies[i].append(*all, x.Request, x.Remote.Addr())
	}
	x.write(*all)
}

// Cut ends the connection without an answer, as a machine does where nobody listens any more.
func (x *Exchange) Cut() { x.cut() }

// Keep has the connection live on as that of whoever goes by a name, while it is not
// silent for Idle. A name has one such connection, the last: so as many are kept as
// there are names, whoever takes them.
func (x *Exchange) Keep(name string) { x.keep(name) }

// LetGo ends that, whichever connection it is.
func (x *Exchange) LetGo(name string) { x.letGo(name) }

// A Server answers SIP on TCP connections, or by TLS.
type Server struct {
	config      ServerConfig
	connections *accept.Server
	broken      atomic.Uint64
	failed      atomic.Uint64 // handshakes

	mu    sync.Mutex
	conns map[netip.AddrPort]*served
	kept  map[string]*served // by whose it is
}

// served is an open connection; asked are the requests that were sent over it
// from this side, by Call-ID.
type served struct {
	*Conn
	peer  *accept.Conn // what lies under Conn
	owner string       // for whom it is kept, "": nobody; the server's mu guards it
	mu    sync.Mutex
	asked map[string]chan *Message
}

// Serve starts a server on a listener, which it closes in the end.
func Serve(listener net.Listener, config ServerConfig) *Server {
	config.Idle = cmp.Or(config.Idle, DefaultIdle)
	s := &Server{config: config, conns: make(map[netip.AddrPort]*served), kept: make(map[string]*served)}
	s.connections = accept.Serve(listener, config.Limits, contain.Serving(config.Fault, s.serve))
	return s
}

// Addr is where the server listens.
func (s *Server) Addr() netip.AddrPort { return s.connections.Addr() }

// Broken is how many connections ended with something that is not SIP.
func (s *Server) Broken() uint64 { return s.broken.Load() }

// Failed is how many handshakes failed or took too long.
func (s *Server) Failed() uint64 { return s.failed.Load() }

// Close cuts all connections and returns when nothing runs any more.
func (s *Server) Close() error { return s.connections.Close() }

func (s *Server) serve(open context.Context, peer *accept.Conn) {
	local, remote := peer.LocalAddr().(*net.TCPAddr).AddrPort(), peer.RemoteAddr().(*net.TCPAddr).AddrPort()
	about := Exchange{Local: local, Remote: remote, ByTLS: s.config.TLS != nil}
	raw := net.Conn(peer)
	if about.ByTLS {
		secured := tls.Server(peer, s.config.TLS)
		if err := secured.HandshakeContext(open); err != nil {
			s.failed.Add(1)
			return
		}
		if shown := secured.ConnectionState().PeerCertificates; len(shown) > 0 {
			about.Peer = shown[0]
		}
		raw = secured
		peer.Expect()
	}
	conn := &served{Conn: newConn(raw), peer: peer}
	conn.server, conn.in.begun = remote.String(), peer.Expect
	s.came(remote, conn)
	defer s.left(remote, conn)
	var broken error // of writing
	about.write = func(b []byte) { _, broken = raw.Write(b) }
	about.cut = func() { broken = net.ErrClosed }
	about.keep, about.letGo = func(name string) { s.keep(conn, name) }, s.letGo
	for broken == nil {
		msg, err := conn.next()
		if err != nil {
			var network net.Error
			if err != io.EOF && !errors.As(err, &network) && open.Err() == nil {
				s.broken.Add(1)
			}
			return
		}
		switch {
		case msg.Method == "":
			conn.answered(msg)
		case msg.incomplete():
			s.broken.Add(1)
			return
		default:
			x := about
			x.Request = msg
			s.config.Handle(&x)
		}
		s.await(conn)
	}
}

func (s *Server) came(remote netip.AddrPort, conn *served) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[remote] = conn
}

func (s *Server) left(remote netip.AddrPort, conn *served) {
	conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, remote)
	if s.kept[conn.owner] == conn {
		delete(s.kept, conn.owner)
	}
}

// keep has a connection kept for a name.
func (s *Server) keep(conn *served, name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if conn.owner == name {
		return
	}
	s.doubt(s.kept[name])
	s.doubt(conn) // which was kept for another
	conn.owner, s.kept[name] = name, conn
	conn.peer.Prove()
}

// letGo ends that a connection is kept for a name.
func (s *Server) letGo(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.doubt(s.kept[name])
}

// doubt ends that a connection is kept, if it is. The caller holds mu.
func (s *Server) doubt(conn *served) {
	if conn == nil || conn.owner == "" {
		return
	}
	delete(s.kept, conn.owner)
	conn.owner = ""
	conn.peer.Doubt()
	conn.peer.Expect()
}

// await gives a connection the time until its next message.
func (s *Server) await(conn *served) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if conn.owner == "" {
		conn.peer.Expect()
	} else {
		conn.peer.SetReadDeadline(time.Now().Add(s.config.Idle))
	}
}

// Ask sends a request over the connection that a peer keeps open, and waits for
// its final answer. It reports false where there is no such connection. Real
// phones keep theirs and listen nowhere.
func (s *Server) Ask(ctx context.Context, peer netip.AddrPort, r Request) (Answer, bool) {
	s.mu.Lock()
	conn := s.conns[peer]
	s.mu.Unlock()
	if conn == nil {
		return Answer{}, false
	}
	silent := func(err error) (Answer, bool) { return Answer{Err: &NoAnswerError{peer.String(), r.Method, err}}, true }
	answer := make(chan *Message, 1)
	contain.Holding(&conn.mu, func() {
		if conn.asked == nil {
			conn.asked = make(map[string]chan *Message)
		}
		conn.asked[r.CallID] = answer
	})
	defer func() {
		conn.mu.Lock()
		delete(conn.asked, r.CallID)
		conn.mu.Unlock()
	}()
	if _, err := conn.Conn.Write(r.Bytes); err != nil {
		return silent(err)
	}
	ctx, cancel := context.WithTimeout(ctx, DefaultTimeout)
	defer cancel()
	select {
	case response := <-answer:
		return conn.answer(r, response), true
	case <-ctx.Done():
	case <-s.connections.Closing().Done():
	}
	return silent(context.DeadlineExceeded)
}

func (c *served) answered(r *Message) {
	if r.StatusCode < 200 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if waiting := c.asked[r.CallID()]; waiting != nil {
		select {
		case waiting <- r:
		default:
		}
	}
}
