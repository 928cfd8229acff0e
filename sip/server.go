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

	"github.com/emiago/sipgo/sip"
)

// What zero values in a [ServerConfig] stand for; DefaultTimeout is in conn.go.
const (
	DefaultMaxConns = 4096
	DefaultIdle     = 5 * time.Minute
)

// ServerConfig says how a [Server] answers.
type ServerConfig struct {
	// Handle answers a request by [Exchange.Answer], and may do something after
	// that. It is called from many goroutines at once.
	Handle func(*Exchange)
	// MaxConns bounds the connections at a time; 0 means DefaultMaxConns. Further
	// ones wait in the kernel's accept queue.
	MaxConns int
	// Timeout is how long a peer may take for a message that it has begun, and
	// for its first; 0 means DefaultTimeout. Between messages it has Idle; 0
	// means DefaultIdle.
	Timeout, Idle time.Duration
	TLS           *tls.Config // nil: without
}

// An Exchange is a request that came, and the way to answer it.
type Exchange struct {
	Request       *sip.Request
	Local, Remote netip.AddrPort // the address that was connected to, and the peer's
	ByTLS         bool
	Peer          *x509.Certificate // that it showed; nil: none, or not by TLS

	write func([]byte)
}

// Answer sends answers to the request, at once: a provisional one and a final
// one, say.
func (x *Exchange) Answer(replies ...Reply) {
	var all []byte
	for i := range replies {
		all = append(all, replies[i].To(x.Request, x.Remote.Addr())...)
	}
	x.write(all)
}

// A Server answers SIP on TCP connections, or by TLS.
type Server struct {
	config      ServerConfig
	connections *accept.Server
	broken      atomic.Uint64
	failed      atomic.Uint64 // handshakes

	mu    sync.Mutex
	conns map[netip.AddrPort]*served
}

// served is an open connection; asked are the requests that were sent over it
// from this side, by Call-ID.
type served struct {
	*Conn
	mu    sync.Mutex
	asked map[string]chan *sip.Response
}

// Serve starts a server on a listener, which it closes in the end.
func Serve(listener net.Listener, config ServerConfig) *Server {
	config.MaxConns = cmp.Or(config.MaxConns, DefaultMaxConns)
	config.Timeout = cmp.Or(config.Timeout, DefaultTimeout)
	config.Idle = cmp.Or(config.Idle, DefaultIdle)
	s := &Server{config: config, conns: make(map[netip.AddrPort]*served)}
	s.connections = accept.Serve(listener, config.MaxConns, s.serve)
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

func (s *Server) serve(closing context.Context, raw net.Conn) {
	local, remote := raw.LocalAddr().(*net.TCPAddr).AddrPort(), raw.RemoteAddr().(*net.TCPAddr).AddrPort()
	about := Exchange{Local: local, Remote: remote, ByTLS: s.config.TLS != nil}
	if about.ByTLS {
		secured := tls.Server(raw, s.config.TLS)
		secured.SetDeadline(time.Now().Add(s.config.Timeout))
		if err := secured.HandshakeContext(closing); err != nil {
			s.failed.Add(1)
			return
		}
		if shown := secured.ConnectionState().PeerCertificates; len(shown) > 0 {
			about.Peer = shown[0]
		}
		raw = secured
	}
	conn := &served{Conn: newConn(raw)}
	conn.server = raw.RemoteAddr().String()
	defer conn.Close()
	s.mu.Lock()
	s.conns[remote] = conn
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		delete(s.conns, remote)
		s.mu.Unlock()
	}()
	patience := s.config.Timeout
	var broken error // of writing
	write := func(b []byte) {
		raw.SetWriteDeadline(time.Now().Add(s.config.Timeout))
		_, broken = raw.Write(b)
	}
	for broken == nil {
		raw.SetReadDeadline(time.Now().Add(patience))
		msg, err := conn.next()
		if err != nil {
			var network net.Error
			if err != io.EOF && !errors.As(err, &network) && closing.Err() == nil {
				s.broken.Add(1)
			}
			return
		}
		patience = s.config.Idle
		switch msg := msg.(type) {
		case *sip.Response:
			conn.answered(msg)
		case *sip.Request:
			if incomplete(msg) {
				s.broken.Add(1)
				return
			}
			x := about
			x.Request, x.write = msg, write
			s.config.Handle(&x)
		}
	}
}

// incomplete reports whether a request lacks what every answer repeats.
func incomplete(r *sip.Request) bool {
	return r.Via() == nil || r.From() == nil || r.To() == nil || r.CallID() == nil || r.CSeq() == nil
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
	answer := make(chan *sip.Response, 1)
	conn.mu.Lock()
	if conn.asked == nil {
		conn.asked = make(map[string]chan *sip.Response)
	}
	conn.asked[r.CallID] = answer
	conn.mu.Unlock()
	defer func() {
		conn.mu.Lock()
		delete(conn.asked, r.CallID)
		conn.mu.Unlock()
	}()
	conn.SetWriteDeadline(time.Now().Add(s.config.Timeout))
	if _, err := conn.Conn.Write(r.Bytes); err != nil {
		return silent(err)
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	select {
	case response := <-answer:
		return conn.answer(r, response), true
	case <-ctx.Done():
	case <-s.connections.Closing().Done():
	}
	return silent(context.DeadlineExceeded)
}

func (c *served) answered(r *sip.Response) {
	if r.StatusCode < 200 || r.CallID() == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if waiting := c.asked[r.CallID().Value()]; waiting != nil {
		select {
		case waiting <- r:
		default:
		}
	}
}
