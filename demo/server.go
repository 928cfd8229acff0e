package demo

import (
	"cmp"
	"context"
	"crypto/rand"
	"embed"
	"errors"
	"fmt"
	"net"
	"slices"
	"sync"

	"itlsim/cucm"
	"itlsim/internal/accept"
	"itlsim/internal/guess"
	"itlsim/scenarios"
)

//go:embed page
var page embed.FS

// Config is what a demonstration needs.
type Config struct {
	Phones   int
	Mode     string // of lab.Modes
	Seed     int64  // of virtual mode
	Boots    int    // phones that boot at a time, see lab.Options
	Password string // of the administrator; the page shows it to who has shown the token
	// SSHLegacy also lets older SSH clients in ([sshd.Options]).
	SSHLegacy bool
	// PortOffset is added to the nodes' standard ports; nil has them listen on free ones.
	PortOffset *int
	RISRate    *int // see lab.Options
	// Keys gives each start its certificates' keys; fresh ones if nil.
	Keys func() cucm.KeySource

	Listen string // host:port of the page
	// Token, where not empty, must come with every request: in the page's address
	// once, by a cookie from then on. An address that is not loopback needs one. It has
	// [MinToken] characters or more.
	Token string
	// Tour is played from the start, where not nil.
	Tour *scenarios.Scenario
	// Restarted, where not nil, is called after each return to the start: the nodes
	// may be at other addresses.
	Restarted func(*Server)
}

// A Server is a running demonstration.
type Server struct {
	config   Config
	tours    []scenarios.Scenario
	listener net.Listener
	http     *accept.HTTPServer
	pages    chan struct{} // one place for each open page
	session  string        // the cookie of who has shown the token
	guesses  guess.Gate    // of the token
	ctx      context.Context
	cancel   context.CancelFunc

	starting sync.Mutex // held while a round is replaced

	mu     sync.Mutex
	round  *round
	player *player
}

// MaxPhones is how many phones a wall has room for: those of the largest cluster,
// twice.
const MaxPhones = 80_000

// MinToken is the least length of a token, in characters: 64 bits and more where they
// are hexadecimal digits drawn at random.
const MinToken = 16

// limits are those of the page's connections; who has an open page, of which there are
// maxPages, keeps its own. A browser has six at a time.
var limits = accept.Limits{Unproven: 256, Share: 64}

// Start starts a cluster, its phones and the page. Without a tour the phones
// boot at once. Close ends everything.
func Start(cfg Config) (*Server, error) {
	if cfg.Token != "" && len(cfg.Token) < MinToken {
		return nil, fmt.Errorf("the token has %d characters: it needs %d or more", len(cfg.Token), MinToken)
	}
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, fmt.Errorf("web page: %w", err)
	}
	if ip := l.Addr().(*net.TCPAddr).IP; !ip.IsLoopback() && cfg.Token == "" {
		l.Close()
		return nil, fmt.Errorf("the page on %s can be reached from other machines: it needs a token", l.Addr())
	}
	s := &Server{
		config: cfg, tours: toursOf(cfg), listener: l,
		pages: make(chan struct{}, maxPages), session: rand.Text(),
	}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	tour := ""
	if cfg.Tour != nil {
		tour = cfg.Tour.Name
	}
	if err := s.restart(tour, true); err != nil {
		s.cancel()
		l.Close()
		return nil, err
	}
	s.http = accept.ServeHTTP(l, limits, nil, s.handler())
	return s, nil
}

// URL is the page's address, with the token where one is needed.
func (s *Server) URL() string {
	u := "http://" + s.listener.Addr().String() + "/"
	if s.config.Token != "" {
		u += "?token=" + s.config.Token
	}
	return u
}

// Nodes are the nodes as of now; a return to the start replaces them.
func (s *Server) Nodes() []*cucm.Node {
	w, _ := s.current()
	return w.lab.Nodes()
}

// Password is the administrator's, as of now: a scenario may have one of its own.
func (s *Server) Password() string {
	w, _ := s.current()
	return cmp.Or(w.scenario.Cluster.Password, s.config.Password)
}

// SSH are the addresses of the nodes' command lines.
func (s *Server) SSH() []string {
	w, _ := s.current()
	var addresses []string
	for _, server := range w.ssh {
		addresses = append(addresses, server.Addr().String())
	}
	return addresses
}

// Close ends the demonstration.
func (s *Server) Close() error {
	s.cancel()
	err := s.http.Close()
	s.starting.Lock()
	defer s.starting.Unlock()
	w, _ := s.current()
	return errors.Join(err, w.close())
}

func (s *Server) current() (*round, *player) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.round, s.player
}

// settled is the round that commands are for: one that is about to be replaced
// takes none.
func (s *Server) settled() (*round, *player) {
	s.starting.Lock()
	defer s.starting.Unlock()
	return s.current()
}

// restart goes back to the start: a new round replaces the old. With
// a tour its steps boot the phones, else they boot now. The tour plays, or stands
// before its first step.
func (s *Server) restart(tour string, playing bool) error {
	s.starting.Lock()
	defer s.starting.Unlock()
	at := slices.IndexFunc(s.tours, func(t scenarios.Scenario) bool { return t.Name == cmp.Or(tour, free) })
	if at < 0 {
		return fmt.Errorf("there is no scenario %q", tour)
	}
	scenario := s.tours[at]
	if s.config.Phones < len(scenario.Groups) {
		return fmt.Errorf("%s has %d groups of phones, which %d phones do not fill",
			scenario.Name, len(scenario.Groups), s.config.Phones)
	}
	if s.ctx.Err() != nil {
		return s.ctx.Err()
	}
	old, _ := s.current()
	number := 1
	if old != nil {
		number = old.number + 1
	}
	if old != nil { // first, since the new one may want its ports
		if err := old.close(); err != nil {
			return err
		}
	}
	w, err := openRound(number, s.config, scenario)
	if err != nil {
		return err
	}
	w.look()
	var p *player
	if tour != "" {
		p = w.play(playing)
	} else {
		w.power(true)
	}
	s.mu.Lock()
	s.round, s.player = w, p
	s.mu.Unlock()
	if old != nil && s.config.Restarted != nil {
		s.config.Restarted(s)
	}
	return nil
}
