package sftptest

import (
	"crypto/rsa"
	"errors"
	"io"
	"net"
	"sync"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// Start runs a server within the test, on a port that the system chooses or on
// one given. Its host key is the one given.
func Start(t testing.TB, auth Auth, hostKey *rsa.PrivateKey, port string) *Server {
	t.Helper()
	return StartAs(t, auth, hostKey, port, func(channel io.ReadWriteCloser) {
		if server, err := sftp.NewServer(channel); err == nil {
			_ = server.Serve()
			server.Close()
		}
	})
}

// StartAs runs one whose clients, once they have logged in, something else serves.
func StartAs(
	t testing.TB, auth Auth, hostKey *rsa.PrivateKey, port string, subsystem func(io.ReadWriteCloser),
) *Server {
	t.Helper()
	s := &Server{Host: "127.0.0.1", User: "joemar2", Password: "cisco", Dir: t.TempDir()}
	signer, err := ssh.NewSignerFromKey(hostKey)
	if err != nil {
		t.Fatal(err)
	}
	cfg := &ssh.ServerConfig{}
	cfg.AddHostKey(signer)
	right := func(user, password string) (*ssh.Permissions, error) {
		if user == s.User && password == s.Password {
			return nil, nil
		}
		return nil, errors.New("denied")
	}
	switch auth {
	case Password:
		cfg.PasswordCallback = func(m ssh.ConnMetadata, p []byte) (*ssh.Permissions, error) {
			return right(m.User(), string(p))
		}
	case KeyboardInteractive:
		cfg.KeyboardInteractiveCallback = func(
			m ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge,
		) (*ssh.Permissions, error) {
			answers, err := ask("", "", []string{"Password: "}, []bool{false})
			if err != nil {
				return nil, err
			}
			return right(m.User(), answers[0])
		}
	case PublicKey:
		cfg.PublicKeyCallback = func(ssh.ConnMetadata, ssh.PublicKey) (*ssh.Permissions, error) {
			return nil, errors.New("denied")
		}
	}
	if port == "" {
		port = "0"
	}
	l, err := net.Listen("tcp", net.JoinHostPort(s.Host, port))
	if err != nil {
		t.Fatal(err)
	}
	_, s.Port, _ = net.SplitHostPort(l.Addr().String())
	var running sync.WaitGroup
	running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			running.Go(func() { serve(conn, cfg, subsystem) })
		}
	})
	t.Cleanup(func() {
		l.Close()
		running.Wait()
	})
	return s
}

func serve(conn net.Conn, cfg *ssh.ServerConfig, subsystem func(io.ReadWriteCloser)) {
	defer conn.Close()
	_, channels, requests, err := ssh.NewServerConn(conn, cfg)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for ch := range channels {
		channel, requests, err := ch.Accept()
		if err != nil {
			return
		}
		for req := range requests {
			ok := req.Type == "subsystem" && string(req.Payload[4:]) == "sftp"
			_ = req.Reply(ok, nil)
			if ok {
				break
			}
		}
		go ssh.DiscardRequests(requests)
		subsystem(channel)
		channel.Close()
	}
}
