package sshd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"

	"itlsim/cucm"
	"itlsim/internal/accept"
	"itlsim/internal/contain"
)

const (
	maxLogins       = 64               // connections with one
	maxSessions     = 8                // on a connection
	maxTries        = 3                // of a password on a connection
	greetPatience   = 10 * time.Second // for greeting and keys, which people have no part in
	loginPatience   = 60 * time.Second // for a login, and to take what is written afterwards
	maxStrangers    = 128              // connections without a login
	maxFromOneHouse = 64               // of them, from one address
)

// Server answers on behalf of a node.
type Server struct {
	node        *cucm.Node
	options     Options
	connections *accept.Server
	logins      atomic.Uint64
	refused     atomic.Uint64
	loggedIn    atomic.Int32 // connections

	mu        sync.Mutex
	legacyKey legacyKey
}

// Stats counts logins.
type Stats struct {
	Logins  uint64 // that succeeded
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
	s := &Server{node: n, options: opt}
	limits := accept.Limits{Unproven: maxStrangers, Share: maxFromOneHouse, Patience: loginPatience}
	fault := func(err error) { n.Fault("SSH", err) }
	s.connections = accept.Serve(listener, limits, contain.Serving(fault, s.serve))
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() netip.AddrPort { return s.connections.Addr() }

// Stats returns the counters as they stand.
func (s *Server) Stats() Stats { return Stats{s.logins.Load(), s.refused.Load()} }

// Close ends all sessions. A command under way is finished first.
func (s *Server) Close() error { return s.connections.Close() }

// login judges a password, while the connection is open on this side.
func (s *Server) login(open context.Context, meta ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
	from := meta.RemoteAddr().(*net.TCPAddr).AddrPort()
	if s.node.LogIn(open, cucm.CommandLine, meta.User(), string(password), from) != nil {
		s.refused.Add(1)
		return nil, errRefused
	}
	s.logins.Add(1)
	return nil, nil
}

// config is that of a connection which begins now.
func (s *Server) config(open context.Context, conn *accept.Conn) (*ssh.ServerConfig, error) {
	login := time.Now().Add(loginPatience)
	c := &ssh.ServerConfig{
		Config:       algorithms(s.options.Legacy),
		MaxAuthTries: maxTries, ServerVersion: "SSH-2.0-itlsim",
		// asked when the keys are agreed on: now a person may be typing
		AuthLogCallback: func(ssh.ConnMetadata, string, error) { conn.SetReadDeadline(login) },
		PasswordCallback: func(meta ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
			return s.login(open, meta, password)
		},
	}
	keys, err := s.hostKeys()
	for _, key := range keys {
		c.AddHostKey(key)
	}
	return c, err
}

func (s *Server) serve(open context.Context, conn *accept.Conn) {
	_ = conn.SetReadDeadline(time.Now().Add(greetPatience))
	config, err := s.config(open, conn)
	if err != nil {
		return
	}
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	defer s.loggedIn.Add(-1)
	if s.loggedIn.Add(1) > maxLogins {
		return
	}
	conn.Prove()
	_ = conn.SetReadDeadline(time.Time{}) // an administrator may think
	go ssh.DiscardRequests(requests)      // ends with the connection
	var sessions sync.WaitGroup
	defer sessions.Wait()
	var busy atomic.Int32
	for ch := range channels {
		switch {
		case ch.ChannelType() != "session":
			_ = ch.Reject(ssh.UnknownChannelType, "only sessions")
			continue
		case busy.Load() >= maxSessions:
			_ = ch.Reject(ssh.ResourceShortage, "too many sessions")
			continue
		}
		channel, requests, err := ch.Accept()
		if err != nil {
			continue
		}
		busy.Add(1)
		sessions.Add(1)
		go func() {
			defer sessions.Done()
			defer busy.Add(-1)
			_ = s.node.Contain("SSH session", func() { s.session(channel, requests) })
		}()
	}
}
