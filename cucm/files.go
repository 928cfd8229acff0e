package cucm

import (
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"itlsim/tftp"
)

// fileService is a node's Cisco Tftp: its files by TFTP, and by HTTP on the
// port that belongs to it (6970 beside 69).
type fileService struct {
	tftp *tftp.Server
	http *webServer

	files, bytes, notFound atomic.Uint64 // by HTTP
}

// listenFiles binds both ports; where the system is to choose, it chooses again
// until both are free.
func listenFiles(n *Node, address string) (*fileService, string, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, "", err
	}
	wanted, err := strconv.Atoi(port)
	if err != nil {
		return nil, "", fmt.Errorf("port %q: %w", port, err)
	}
	for try := 0; ; try++ {
		other := 0
		if wanted != 0 {
			other = wanted + tftp.HTTPOffset
		}
		l, err := net.Listen("tcp4", net.JoinHostPort(host, strconv.Itoa(other)))
		if err != nil {
			return nil, "", fmt.Errorf("HTTP: %w", err)
		}
		f := &fileService{}
		own := l.Addr().(*net.TCPAddr).Port - tftp.HTTPOffset
		if f.tftp, err = tftp.Listen(net.JoinHostPort(host, strconv.Itoa(own)), tftp.ServerConfig{Files: n.File}); err != nil {
			l.Close()
			if wanted == 0 && try < 100 {
				continue
			}
			return nil, "", err
		}
		f.http = serveWeb(l, f.handler(n.File))
		return f, f.tftp.Addr().String(), nil
	}
}

// handler serves files with the headers that a 7821 saw: Content-Length,
// Cache-Control: no-store, Content-Type: */*.
func (f *fileService) handler(files tftp.FileFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h["Date"] = nil
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			h.Set("Allow", "GET, HEAD")
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		data, err := files(strings.TrimPrefix(r.URL.Path, "/"))
		switch {
		case errors.Is(err, tftp.ErrNotFound):
			f.notFound.Add(1)
			w.WriteHeader(http.StatusNotFound)
			return
		case err != nil:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		h.Set("Content-Length", strconv.Itoa(len(data)))
		h.Set("Cache-Control", "no-store")
		h.Set("Content-Type", "*/*")
		f.files.Add(1)
		f.bytes.Add(uint64(len(data)))
		if r.Method == http.MethodGet {
			w.Write(data)
		}
	})
}

// Close ends both.
func (f *fileService) Close() error {
	return errors.Join(f.http.Close(), f.tftp.Close())
}

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
		s.server.Serve(&limited{Listener: l, slots: make(chan struct{}, maxWebConns), end: make(chan struct{})})
	}()
	return s
}

// Close cuts all connections.
func (s *webServer) Close() error {
	err := s.server.Close()
	<-s.done
	return err
}

// limited is a listener with a limit of open connections.
type limited struct {
	net.Listener
	slots chan struct{}
	end   chan struct{}
	once  sync.Once
}

// Close also lets go who waits for a place.
func (l *limited) Close() error {
	l.once.Do(func() { close(l.end) })
	return l.Listener.Close()
}

type limitedConn struct {
	net.Conn
	release func()
}

func (c *limitedConn) Close() error {
	c.release()
	return c.Conn.Close()
}

// Accept waits for a place, then for a connection.
func (l *limited) Accept() (net.Conn, error) {
	select {
	case l.slots <- struct{}{}:
	case <-l.end:
		return nil, net.ErrClosed
	}
	conn, err := l.Listener.Accept()
	if err != nil {
		<-l.slots
		return nil, err
	}
	return &limitedConn{conn, sync.OnceFunc(func() { <-l.slots })}, nil
}
