package sshd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"itlsim/cucm"
)

const (
	maxConnections = 64               // with a login
	maxStrangers   = 32               // without one; the oldest makes room
	maxSessions    = 8                // on a connection
	maxTries       = 3                // of a password on a connection
	loginPatience  = 60 * time.Second // for a login
)

// Server answers on behalf of a node.
type Server struct {
	node     *cucm.Node
	options  Options
	listener net.Listener
	logins   atomic.Uint64
	refused  atomic.Uint64
	running  sync.WaitGroup

	mu        sync.Mutex
	conns     map[net.Conn]bool // with a login
	strangers []net.Conn        // without one yet, the oldest first
	closed    bool
	legacyKey legacyKey
}

// Stats counts logins.
type Stats struct {
	Logins  uint64
	Refused uint64 // wrong passwords and users
}

var errRefused = errors.New("access denied")

// Options say how a server speaks. The zero value is right for clients of this decade.
type Options struct {
	// Legacy also offers what clients of before 2014 need, whose SHA-1 and CBC no
	// longer count as safe.
	Legacy bool
}

// Listen starts the server of a node. Its host key is the node's, which may change.
func Listen(n *cucm.Node, addr string) (*Server, error) { return ListenWith(n, addr, Options{}) }

// ListenWith does so with these options.
func ListenWith(n *cucm.Node, addr string, opt Options) (*Server, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("SSH server of %s: %w", n.Name(), err)
	}
	s := &Server{node: n, options: opt, listener: listener, conns: make(map[net.Conn]bool)}
	s.running.Add(1)
	go s.accept()
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

// Stats returns the counters as they stand.
func (s *Server) Stats() Stats { return Stats{s.logins.Load(), s.refused.Load()} }

// Close ends all sessions. A command under way is finished first.
func (s *Server) Close() error {
	s.mu.Lock()
	s.closed = true
	for conn := range s.conns {
		conn.Close()
	}
	for _, conn := range s.strangers {
		conn.Close()
	}
	s.mu.Unlock()
	err := s.listener.Close()
	s.running.Wait()
	return err
}

// login judges a password, while conn is open on this side.
func (s *Server) login(conn *connection, meta ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
	from := meta.RemoteAddr().(*net.TCPAddr).AddrPort()
	if s.node.LogIn(conn.open, meta.User(), string(password), from) != nil {
		s.refused.Add(1)
		return nil, errRefused
	}
	s.logins.Add(1)
	return nil, nil
}

func (s *Server) accept() {
	defer s.running.Done()
	for {
		accepted, err := s.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(50 * time.Millisecond) // out of file descriptors, say
			continue
		}
		conn := newConnection(accepted)
		s.mu.Lock()
		if s.closed {
			conn.Close()
		} else {
			if len(s.strangers) >= maxStrangers {
				s.strangers[0].Close()
				s.strangers = s.strangers[1:]
			}
			s.strangers = append(s.strangers, conn)
			s.running.Add(1)
			go s.serve(conn)
		}
		s.mu.Unlock()
	}
}

// connection is one with a context that ends when this side closes it.
type connection struct {
	net.Conn
	open context.Context
	end  context.CancelFunc
}

func newConnection(c net.Conn) *connection {
	open, end := context.WithCancel(context.Background())
	return &connection{c, open, end}
}

// Close ends the context, too.
func (c *connection) Close() error {
	c.end()
	return c.Conn.Close()
}

// config is that of a connection which begins now.
func (s *Server) config(conn *connection) (*ssh.ServerConfig, error) {
	c := &ssh.ServerConfig{
		Config:       algorithms(s.options.Legacy),
		MaxAuthTries: maxTries, ServerVersion: "SSH-2.0-itlsim",
		PasswordCallback: func(meta ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			return s.login(conn, meta, password)
		},
	}
	keys, err := s.hostKeys()
	for _, key := range keys {
		c.AddHostKey(key)
	}
	return c, err
}

func (s *Server) serve(conn *connection) {
	defer s.running.Done()
	defer func() {
		conn.Close()
		s.mu.Lock()
		delete(s.conns, conn)
		s.strangers = slices.DeleteFunc(s.strangers, func(c net.Conn) bool { return c == conn })
		s.mu.Unlock()
	}()
	_ = conn.SetDeadline(time.Now().Add(loginPatience))
	config, err := s.config(conn)
	if err != nil {
		return
	}
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	if !s.admit(conn) {
		return
	}
	_ = conn.SetDeadline(time.Time{})
	go ssh.DiscardRequests(requests) // ends with the connection
	var sessions sync.WaitGroup
	defer sessions.Wait()
	var open atomic.Int32
	for ch := range channels {
		switch {
		case ch.ChannelType() != "session":
			_ = ch.Reject(ssh.UnknownChannelType, "only sessions")
			continue
		case open.Load() >= maxSessions:
			_ = ch.Reject(ssh.ResourceShortage, "too many sessions")
			continue
		}
		channel, requests, err := ch.Accept()
		if err != nil {
			continue
		}
		open.Add(1)
		sessions.Add(1)
		go func() {
			defer sessions.Done()
			defer open.Add(-1)
			s.session(channel, requests)
		}()
	}
}

// admit counts a connection among those with a login, where there is room.
func (s *Server) admit(conn net.Conn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := len(s.strangers)
	s.strangers = slices.DeleteFunc(s.strangers, func(c net.Conn) bool { return c == conn })
	if s.closed || known == len(s.strangers) || len(s.conns) >= maxConnections {
		return false
	}
	s.conns[conn] = true
	return true
}
