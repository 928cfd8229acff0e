// Package accept takes connections in for servers: so many at a time, each served
// by a goroutine of its own, until the server is closed.
package accept

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/net/netutil"
)

// pause is how long to wait when no connection can be accepted: the process is
// out of file descriptors, most likely.
const pause = 10 * time.Millisecond

// A Server accepts connections on a listener. Make it with [Serve].
type Server struct {
	listener net.Listener
	serve    func(context.Context, net.Conn)
	closing  context.Context
	cancel   context.CancelFunc
	running  sync.WaitGroup
}

// Serve accepts TCP connections, at most maxConns at a time: further ones wait in
// the kernel's accept queue. Each is closed when serve returns, and when the
// server is, which ends the context closing.
func Serve(l net.Listener, maxConns int, serve func(closing context.Context, conn net.Conn)) *Server {
	s := &Server{listener: netutil.LimitListener(l, maxConns), serve: serve}
	s.closing, s.cancel = context.WithCancel(context.Background())
	s.running.Go(s.accept)
	return s
}

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		if err == nil {
			s.running.Go(func() { s.connected(conn) })
			continue
		}
		select {
		case <-time.After(pause):
		case <-s.closing.Done():
			return
		}
	}
}

func (s *Server) connected(conn net.Conn) {
	defer conn.Close()
	defer context.AfterFunc(s.closing, func() { conn.Close() })()
	s.serve(s.closing, conn)
}

// Addr is where the server listens.
func (s *Server) Addr() netip.AddrPort { return s.listener.Addr().(*net.TCPAddr).AddrPort() }

// Closing ends when the server is closed.
func (s *Server) Closing() context.Context { return s.closing }

// Close cuts all connections and returns when nothing runs any more, what serves
// them included. It may be called again.
func (s *Server) Close() error {
	s.cancel()
	err := s.listener.Close()
	s.running.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
