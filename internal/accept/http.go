package accept

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
)

// maxHeader bounds the headers of a request, in bytes; net/http adds 4096. A browser
// sends the cookies of all that is served on a host, whatever the port.
const maxHeader = 16 << 10

// An HTTPServer answers HTTP within limits. Make it with [ServeHTTP].
type HTTPServer struct {
	server http.Server
	addr   netip.AddrPort
	done   chan struct{}
}

type connKey struct{}

// ServeHTTP answers HTTP/1.1, by TLS where secured is not nil. A peer has the patience
// of the limits for its handshake, for each request, body included, and to take each
// write of an answer.
func ServeHTTP(l net.Listener, limits Limits, secured *tls.Config, h http.Handler) *HTTPServer {
	limits = limits.orUsual()
	accepted := net.Listener(Listen(l, limits))
	s := &HTTPServer{addr: l.Addr().(*net.TCPAddr).AddrPort(), done: make(chan struct{})}
	s.server = http.Server{
		Handler: h, ReadTimeout: limits.Patience, IdleTimeout: limits.Patience,
		MaxHeaderBytes: maxHeader, ErrorLog: log.New(io.Discard, "", 0),
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			if by, ok := conn.(*tls.Conn); ok {
				conn = by.NetConn()
			}
			return context.WithValue(ctx, connKey{}, conn)
		},
	}
	if secured != nil {
		accepted = tls.NewListener(accepted, secured)
	}
	go func() {
		defer close(s.done)
		_ = s.server.Serve(accepted) // ends with Close
	}()
	return s
}

// ProveRequest is [Conn.Prove] of the connection over which a request came, where it was
// accepted here. It is no phone that comes ([Work]).
func ProveRequest(r *http.Request) {
	if conn := connOf(r); conn != nil {
		conn.prove()
	}
}

// ExpectBody is [Conn.Expect]: it gives a request's body the patience of the limits anew,
// where a server has let the peer wait before it reads on.
func ExpectBody(r *http.Request) {
	if conn := connOf(r); conn != nil {
		conn.Expect()
	}
}

// connOf is the connection over which a request came; nil where another server accepted it,
// whose limits then count.
func connOf(r *http.Request) *Conn {
	conn, _ := r.Context().Value(connKey{}).(*Conn)
	return conn
}

// Addr is where the server listens.
func (s *HTTPServer) Addr() netip.AddrPort { return s.addr }

// Close cuts all connections.
func (s *HTTPServer) Close() error {
	err := s.server.Close()
	<-s.done
	return err
}
