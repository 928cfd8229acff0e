package lab

import (
	"context"
	"crypto/ed25519"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"itlsim/internal/accept"
)

// SFTPServer is where administrators keep their ITLRecovery.p12 (M8, M15): a
// server with files in memory that lives as long as the lab.
type SFTPServer struct {
	Name     string // "backup.lab"
	Password string // of any user
	// KeyboardInteractive servers ask for the password in the one kind of
	// authentication that CUCM does not have (M22).
	KeyboardInteractive bool
}

// sftpServers are those of a lab, on ports that the system chooses. A cluster
// reaches them by their names, and reaches nothing else.
type sftpServers struct {
	servers map[string]sftpServer
}

// An sftpServer is one of them, with its files.
type sftpServer struct {
	*accept.Server
	is    SFTPServer
	key   ssh.Signer // of the host
	files sftp.Handlers
}

// sftpLimits let a login take long: on a busy machine the outcome of a command is to be
// the same (see patient).
var sftpLimits = accept.Limits{Patience: 5 * time.Minute}

// listenSFTP starts servers, whose host keys are drawn from random.
func listenSFTP(servers []SFTPServer, random io.Reader) (*sftpServers, error) {
	all := &sftpServers{servers: make(map[string]sftpServer)}
	for _, s := range servers {
		seed := make([]byte, ed25519.SeedSize)
		if _, err := io.ReadFull(random, seed); err != nil {
			return nil, errors.Join(err, all.Close())
		}
		signer, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed))
		if err == nil {
			err = all.listen(s, signer, sftp.InMemHandler())
		}
		if err != nil {
			return nil, errors.Join(err, all.Close())
		}
	}
	return all, nil
}

// listen starts a server.
func (s *sftpServers) listen(server SFTPServer, key ssh.Signer, files sftp.Handlers) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	config := server.config()
	config.AddHostKey(key)
	s.servers[server.Name] = sftpServer{accept.Serve(l, sftpLimits, func(_ context.Context, conn *accept.Conn) {
		serveSFTP(conn, config, files) // whatever goes wrong the client sees
	}), server, key, files}
	return nil
}

var errWrongPassword = errors.New("wrong password")

// config is how the server authenticates.
func (s SFTPServer) config() *ssh.ServerConfig {
	check := func(password string) error {
		if subtle.ConstantTimeCompare([]byte(password), []byte(s.Password)) == 0 {
			return errWrongPassword
		}
		return nil
	}
	if s.KeyboardInteractive {
		dialogue := func(_ ssh.ConnMetadata, ask ssh.KeyboardInteractiveChallenge) (*ssh.Permissions, error) {
			answers, err := ask("", "", []string{"Password: "}, []bool{false})
			if err != nil || len(answers) != 1 {
				return nil, errors.Join(err, errWrongPassword)
			}
			return nil, check(answers[0])
		}
		return &ssh.ServerConfig{KeyboardInteractiveCallback: dialogue}
	}
	password := func(_ ssh.ConnMetadata, password []byte) (*ssh.Permissions, error) {
		return nil, check(string(password))
	}
	return &ssh.ServerConfig{PasswordCallback: password}
}

// serveSFTP serves one client until it leaves.
func serveSFTP(conn *accept.Conn, config *ssh.ServerConfig, files sftp.Handlers) {
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	conn.Prove()
	conn.SetReadDeadline(time.Time{})
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
	server, ok := s.servers[host]
	if !ok || port != "22" {
		return nil, fmt.Errorf("there is no SFTP server %s here", address)
	}
	conn, err := net.Dial(network, server.Addr().String())
	if err != nil {
		return nil, err
	}
	return patient{conn}, nil
}

// patient is a connection to a server of this process, which answers as soon as the
// machine is not too busy, or is closed with the lab. A deadline by the wall clock
// would have the outcome of a command depend on how busy it is.
type patient struct{ net.Conn }

// SetDeadline sets none.
func (patient) SetDeadline(time.Time) error { return nil }

// Close ends all servers.
func (s *sftpServers) Close() error {
	var errs []error
	for _, server := range s.servers {
		errs = append(errs, server.Close())
	}
	return errors.Join(errs...)
}
