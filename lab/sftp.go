package lab

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"sync"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// SFTPServer is where administrators keep their ITLRecovery.p12 (M8, M15): a
// server with files in memory that lives as long as the run.
type SFTPServer struct {
	Name     string // "backup.lab"
	Password string // of any user
	// KeyboardInteractive servers ask for the password in the one kind of
	// authentication that CUCM does not have (M22).
	KeyboardInteractive bool
}

// sftpServers are those of a run, on ports that the system chooses. A cluster
// reaches them by their names, and nothing else in the world.
type sftpServers struct {
	listeners map[string]net.Listener
	done      sync.WaitGroup
	mu        sync.Mutex
	conns     map[net.Conn]bool
}

func listenSFTP(servers []SFTPServer) (*sftpServers, error) {
	all := &sftpServers{listeners: make(map[string]net.Listener), conns: make(map[net.Conn]bool)}
	for _, s := range servers {
		_, key, err := ed25519.GenerateKey(rand.Reader)
		if err != nil {
			return nil, errors.Join(err, all.Close())
		}
		signer, err := ssh.NewSignerFromKey(key)
		if err != nil {
			return nil, errors.Join(err, all.Close())
		}
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, errors.Join(err, all.Close())
		}
		all.listeners[s.Name] = l
		config := s.config()
		config.AddHostKey(signer)
		files := sftp.InMemHandler()
		all.done.Go(func() {
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				all.mu.Lock()
				all.conns[conn] = true
				all.mu.Unlock()
				all.done.Go(func() {
					serveSFTP(conn, config, files) // whatever goes wrong the client sees
					conn.Close()
					all.mu.Lock()
					delete(all.conns, conn)
					all.mu.Unlock()
				})
			}
		})
	}
	return all, nil
}

var errWrongPassword = errors.New("wrong password")

func (s SFTPServer) config() *ssh.ServerConfig {
	check := func(password string) error {
		if password != s.Password {
			return errWrongPassword
		}
		return nil
	}
	if s.KeyboardInteractive {
		return &ssh.ServerConfig{KeyboardInteractiveCallback: func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			answers, err := ask("", "", []string{"Password: "}, []bool{false})
			if err != nil || len(answers) != 1 {
				return nil, errors.Join(err, errWrongPassword)
			}
			return nil, check(answers[0])
		}}
	}
	return &ssh.ServerConfig{PasswordCallback: func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
		return nil, check(string(password))
	}}
}

func serveSFTP(conn net.Conn, config *ssh.ServerConfig, files sftp.Handlers) {
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for c := range channels {
		if c.ChannelType() != "session" {
			c.Reject(ssh.UnknownChannelType, "sftp only")
			continue
		}
		channel, wants, err := c.Accept()
		if err != nil {
			return
		}
		for want := range wants {
			ok := want.Type == "subsystem" && string(want.Payload[min(4, len(want.Payload)):]) == "sftp"
			want.Reply(ok, nil)
			if ok {
				go ssh.DiscardRequests(wants)
				sftp.NewRequestServer(channel, files).Serve()
				channel.Close()
				break
			}
		}
	}
}

// Dial is how a cluster reaches them (cucm.Config.Dial).
func (s *sftpServers) Dial(network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	l, ok := s.listeners[host]
	if !ok || port != "22" {
		return nil, fmt.Errorf("the scenario has no SFTP server %s", address)
	}
	return net.Dial(network, l.Addr().String())
}

// Close ends all servers.
func (s *sftpServers) Close() error {
	var errs []error
	for _, l := range s.listeners {
		errs = append(errs, l.Close())
	}
	s.mu.Lock()
	for c := range s.conns {
		c.Close()
	}
	s.mu.Unlock()
	s.done.Wait()
	return errors.Join(errs...)
}
