// Package host is a farm's server within the run's command: NATS with JetStream, for whoever
// has none. Workers get to it by a join string ([farm.Join]) in a file that its owner alone
// reads.
//
// On loopback it is reached without TLS; anywhere else there is TLS always, by a certificate
// of its own, whose hash is in the join string. The run's command itself is connected within
// the process, and alone may make and remove what the farm keeps.
//
// The zero value of [Config] listens nowhere and is refused.
package host

import (
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"itlsim/scenarios/farm"
)

// Config says where a server listens, and where it keeps what it has.
type Config struct {
	Listen string // host:port; port 0 chooses a free one
	// Store is a directory that stays, so that the same run goes on there. "" is a temporary
	// one, which goes with the server.
	Store string
}

// Bounds of what strangers and workers can have it keep.
const (
	maxStore   = 8 << 30          // bytes on disk: files and parts
	maxWorkers = 4096             // connections
	startTime  = 30 * time.Second // until it listens, where a store is large and the machine busy
)

// A Server is a farm's, under way.
type Server struct {
	nats     *server.Server
	join     string // the file
	password string // of the run's command
	temp     string // directory that goes with it
}

// runUser is whom the run's command logs in as.
const runUser = "run"

// Start begins one. The error is about an address or a directory.
func Start(cfg Config) (*Server, error) {
	s := &Server{password: rand.Text()}
	dir := cfg.Store
	if dir == "" {
		var err error
		if dir, err = os.MkdirTemp("", "itlsim-farm-"); err != nil {
			return nil, err
		}
		s.temp = dir
	}
	if err := s.start(cfg.Listen, dir); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(listen, dir string) error {
	host, word, err := net.SplitHostPort(listen)
	if err != nil {
		return err
	}
	port, err := strconv.ParseUint(word, 10, 16)
	if err != nil {
		return fmt.Errorf("%s is not a port", word)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	before, err := readJoin(dir)
	if err != nil {
		return err
	}
	opt := options(host, int(port), dir)
	opt.Users = s.users(before.Token)
	if !farm.Loopback(host) {
		cert, err := certificate(dir)
		if err != nil {
			return err
		}
		before.Certificate = farm.CertificateHash(cert.Leaf)
		opt.TLS, opt.TLSHandshakeFirst = true, true
		opt.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS13}
	} else {
		before.Certificate = ""
	}
	if err := s.listen(opt); err != nil {
		return err
	}
	before.Address = net.JoinHostPort(reached(host), strconv.Itoa(s.nats.Addr().(*net.TCPAddr).Port))
	s.join = filepath.Join(dir, joinFile)
	return keep(dir, joinFile, []byte(before.String()+"\n"))
}

// options are those of a server that does nothing on its own account: no log, no signals,
// no other ports.
func options(host string, port int, dir string) *server.Options {
	if port == 0 {
		port = server.RANDOM_PORT
	}
	return &server.Options{
		ServerName: "itlsim", Host: host, Port: port, NoSigs: true, MaxConn: maxWorkers,
		JetStream: true, StoreDir: filepath.Join(dir, "jetstream"), JetStreamMaxStore: maxStore,
		JetStreamMaxMemory: 64 << 20, DisableJetStreamBanner: true,
	}
}

// users are the run's command, who may do anything, and the workers.
func (s *Server) users(token string) []*server.User {
	return []*server.User{
		{Username: runUser, Password: s.password},
		{Username: farm.WorkerUser, Password: token, Permissions: &server.Permissions{
			Publish:   &server.SubjectPermission{Allow: farm.WorkerPublishes()},
			Subscribe: &server.SubjectPermission{Allow: farm.WorkerHears()},
		}},
	}
}

// listen starts the server and waits until it answers.
func (s *Server) listen(opt *server.Options) (err error) {
	if s.nats, err = server.NewServer(opt); err != nil {
		return err
	}
	said := &failures{}
	s.nats.SetLoggerV2(said, false, false, false)
	go s.nats.Start()
	for until := time.Now().Add(startTime); ; {
		if s.nats.ReadyForConnections(100 * time.Millisecond) {
			return nil
		}
		if err := said.first(); err != nil {
			return err
		}
		if time.Now().After(until) {
			return errors.New("the farm's server does not come up")
		}
	}
}

// Place is where the run's command finds it.
func (s *Server) Place() farm.Place { return farm.InProcess(s.nats, runUser, s.password) }

// JoinFile is the file whose join string leads workers here.
func (s *Server) JoinFile() string { return s.join }

// Close ends the server. What a store has stays, and its join string.
func (s *Server) Close() {
	if s.nats != nil {
		s.nats.Shutdown()
		s.nats.WaitForShutdown()
	}
	if s.temp != "" {
		_ = os.RemoveAll(s.temp)
	}
}

// joinFile is the join string's in a store.
const joinFile = "join"

// readJoin is the join string of before, so that workers find their way back; a new token
// where there is none.
func readJoin(dir string) (farm.Join, error) {
	text, err := secret(dir, joinFile)
	if err == nil && text == nil {
		return farm.Join{Token: rand.Text()}, nil
	}
	if err != nil {
		return farm.Join{}, err
	}
	join, err := farm.ParseJoin(string(text))
	if err != nil {
		err = fmt.Errorf("%s: %w", filepath.Join(dir, joinFile), err)
	}
	return join, err
}

// reached is a host by which others reach a server that listens at this one.
func reached(host string) string {
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		if name, err := os.Hostname(); err == nil {
			return name
		}
	}
	return host
}

// failures keeps the first thing that the server says went wrong. Nothing else that it says is
// for people who run scenarios.
type failures struct {
	mu  sync.Mutex
	err error
}

func (f *failures) first() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Fatalf is of what keeps the server from coming up: an error where there is one, which says
// what it is about, and else the server's words.
func (f *failures) Fatalf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return
	}
	f.err = fmt.Errorf(format, args...)
	for _, arg := range args {
		if why, is := arg.(error); is {
			f.err = why
		}
	}
}

func (f *failures) Errorf(string, ...any)  {}
func (f *failures) Warnf(string, ...any)   {}
func (f *failures) Noticef(string, ...any) {}
func (f *failures) Debugf(string, ...any)  {}
func (f *failures) Tracef(string, ...any)  {}
