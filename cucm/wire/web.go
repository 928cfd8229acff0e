package wire

import (
	"io"
	"log"
	"net"
	"net/http"
	"net/netip"
	"time"

	"golang.org/x/net/netutil"
)

// webServer is an HTTP server that bounds what a peer can cost it.
type webServer struct {
	server http.Server
	addr   net.Addr
	done   chan struct{}
}

// maxWebConns is how many connections a node's web server serves at a time;
// further ones wait in the kernel's queue.
const maxWebConns = 1000

func serveWeb(l net.Listener, h http.Handler) *webServer {
	s := &webServer{addr: l.Addr(), done: make(chan struct{}), server: http.Server{
		Handler: h, ReadTimeout: 10 * time.Second, WriteTimeout: 30 * time.Second, IdleTimeout: 10 * time.Second,
		MaxHeaderBytes: 8 << 10, ErrorLog: log.New(io.Discard, "", 0),
	}}
	go func() {
		defer close(s.done)
		_ = s.server.Serve(netutil.LimitListener(l, maxWebConns)) // ends with Close
	}()
	return s
}

// Addr is where the server listens.
func (s *webServer) Addr() netip.AddrPort { return s.addr.(*net.TCPAddr).AddrPort() }

// Close cuts all connections.
func (s *webServer) Close() error {
	err := s.server.Close()
	<-s.done
	return err
}
