package accept

import (
	"context"
	"net"
	"net/netip"
	"sync"

	"itlsim/internal/contain"
)

// A Server serves connections, each by a goroutine of its own. Make it with [Serve].
type Server struct {
	listener *Listener
	serve    func(context.Context, *Conn)
	closing  context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup

	mu     sync.Mutex
	open   map[*Conn]struct{}
	closed bool
}

// Serve accepts TCP connections within limits. Each is closed when serve returns, when
// it is dropped and when the server is closed; the context open ends then.
func Serve(l net.Listener, limits Limits, serve func(open context.Context, conn *Conn)) *Server {
	s := &Server{listener: Listen(l, limits), serve: serve, open: make(map[*Conn]struct{})}
	s.closing, s.cancel = context.WithCancel(context.Background())
	s.listener.ctx = s.closing
	s.running.Go(s.accept)
	return s
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return // closed
		}
		s.running.Go(func() { s.connected(conn.(*Conn)) })
	}
}

func (s *Server) connected(conn *Conn) {
	defer conn.Close()
	if s.opened(conn) {
		defer s.ended(conn)
		s.serve(conn.open, conn)
	}
}

// opened notes a connection that Close cuts; false where it is too late.
func (s *Server) opened(conn *Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.open[conn] = struct{}{}
	}
	return !s.closed
}

func (s *Server) ended(conn *Conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.open, conn)
}

// Addr is where the server listens.
func (s *Server) Addr() netip.AddrPort { return s.listener.Addr().(*net.TCPAddr).AddrPort() }

// Closing ends when the server is closed.
func (s *Server) Closing() context.Context { return s.closing }

// Close cuts all connections and returns when nothing runs any more, what serves
// them included. It may be called again.
func (s *Server) Close() error {
	err := s.listener.Close() // first: the places that become free are for nobody
	s.cancel()
	contain.Holding(&s.mu, func() {
		s.closed = true
		for conn := range s.open {
			conn.Close()
		}
	})
	s.running.Wait()
	return err
}
