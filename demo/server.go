package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"

	"itlsim/cucm"
	"itlsim/internal/accept"
	"itlsim/internal/guard"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios"
	"itlsim/scenarios/api"
	"itlsim/scenarios/live"
	"itlsim/sshd"
)

// Config is what a demonstration needs.
type Config struct {
	Phones   int    // how many; there is no demonstration of none
	Mode     string // of lab.Modes
	Seed     int64  // of virtual mode
	Boots    int    // phones that boot at a time, see lab.Options
	Password string // of the administrator; the page shows it to who has shown the token
	// SSHLegacy also lets older SSH clients in ([sshd.Options]).
	SSHLegacy bool
	// PortOffset is added to the nodes' standard ports; nil has them listen on free ones.
	PortOffset *int
	RISRate    *int // see lab.Options
	// Address is the first node's, and State the directory that the cluster is kept in, which
	// then cannot be started anew (see lab.Options).
	Address netip.Addr
	State   string
	// Trouble, where not nil, is told what the cluster could not do that was due.
	Trouble func(error)
	// Keys gives each start its certificates' keys; fresh ones if nil.
	Keys func() cucm.KeySource

	Listen string // host:port of the page; "": there is none
	// API, where not empty, is the host:port of the API (package scenarios/api). Its token is
	// drawn ([Server.API]); Token, where there is one, will do, too.
	API string
	// Still has time pass by waits alone in virtual mode, and phones take none by the wall
	// clock: what programs do with them depends on the seed and on nothing else.
	Still bool
	// Token, where not empty, must come with every request: in the page's address
	// once, by a cookie from then on. An address that is not loopback needs one. It has
	// [guard.MinToken] characters or more.
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
	page     *accept.HTTPServer // nil: there is none
	api      *accept.HTTPServer // likewise
	bearer   string             // the API's token
	programs *api.Handler       // for programs, and for the page
	ctx      context.Context
	cancel   context.CancelFunc

	starting sync.Mutex // held while a round is replaced

	mu  sync.Mutex
	lab *live.Lab
}

// free is the scenario whose cluster and phones are there while no tour is played.
const free = "bulk-reset"

// toursOf are the scenarios that run in a mode: the one that was given, and the
// built-in ones of other names.
func toursOf(cfg Config) []scenarios.Scenario {
	all := slices.DeleteFunc(scenarios.Builtin(), func(t scenarios.Scenario) bool {
		return t.NotIn[cfg.Mode] != "" || cfg.Tour != nil && t.Name == cfg.Tour.Name
	})
	if cfg.Tour != nil {
		all = slices.Insert(all, 0, *cfg.Tour)
	}
	return all
}

// MaxPhones is how many phones a wall has room for: those of the largest cluster,
// twice.
const MaxPhones = 2 * cucm.MaxDevices

// limits are those of the page's connections, and of the API's; who has a stream, of which there
// are few, or has shown the API's token, keeps its own. A browser has six at a time.
var limits = accept.Limits{Unproven: 256, Share: 64}

// Start starts a cluster, its phones, the page and the API. Without a tour the phones
// boot at once. Close ends everything.
func Start(cfg Config) (*Server, error) {
	s := &Server{config: cfg, tours: toursOf(cfg)}
	s.ctx, s.cancel = context.WithCancel(context.Background())
	if err := s.start(); err != nil {
		s.cancel()
		return nil, err
	}
	return s, nil
}

// start listens, opens the first round, and serves.
func (s *Server) start() (err error) {
	front, pageGuard, err := listen(s.config.Listen, "web page", s.config.Token, guard.ForPage)
	if err != nil {
		return err
	}
	back, apiGuard, err := listen(s.config.API, "API", s.config.Token, guard.ForAPI)
	tour := ""
	if s.config.Tour != nil {
		tour = s.config.Tour.Name
	}
	if err == nil {
		err = s.restart(tour, s.config.Listen != "")
	}
	if err != nil {
		for _, l := range []net.Listener{front, back} {
			if l != nil {
				l.Close()
			}
		}
		return err
	}
	s.programs = s.forPrograms()
	if front != nil {
		s.page = accept.ServeHTTP(front, limits, nil, contained(s.current, pageGuard.Page(site(s.programs))))
	}
	if back != nil {
		s.bearer = apiGuard.Bearer()
		s.api = accept.ServeHTTP(back, limits, nil, contained(s.current, apiGuard.API(s.programs)))
	}
	return nil
}

// listen listens at an address, "" for none, and has what it is for guarded.
func listen(
	address, what, token string, guarded func(net.Listener, string) (*guard.Guard, error),
) (net.Listener, *guard.Guard, error) {
	if address == "" {
		return nil, nil, nil
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", what, err)
	}
	g, err := guarded(l, token)
	if err != nil {
		l.Close()
		return nil, nil, err
	}
	return l, g, nil
}

// forPrograms is the API of the lab as of now, and of labs that programs open beside it.
func (s *Server) forPrograms() *api.Handler {
	return api.New(api.Config{
		Lab: s.settled,
		StartAnew: func(context.Context) error {
			l, tour := s.settled(), ""
			if l.Tour() != nil {
				tour = l.Scenario.Name
			}
			return s.restart(tour, false)
		},
		Options: func() lab.Options {
			return lab.Options{Password: s.config.Password, RISRate: s.config.RISRate, Keys: s.keys()}
		},
		Tours:     s.tours,
		StartTour: func(_ context.Context, name string, playing bool) error { return s.restart(name, playing) },
		MayKnow:   guard.Known, // a page without a token every user of the machine can open
	})
}

// keys are those of a lab's certificates, nil for fresh ones.
func (s *Server) keys() cucm.KeySource {
	if s.config.Keys == nil {
		return nil
	}
	return s.config.Keys()
}

// URL is the page's address, with the token where one is needed; "" where there is no page.
func (s *Server) URL() string {
	if s.page == nil {
		return ""
	}
	return address(s.page.Addr(), s.config.Token)
}

// address is that of a page, with the token where one is needed.
func address(at netip.AddrPort, token string) string {
	u := "http://" + accept.Reached(at).String() + "/"
	if token != "" {
		u += "?token=" + token
	}
	return u
}

// API is where the API is, and the token that requests show; "" where there is none.
func (s *Server) API() (url, token string) {
	if s.api == nil {
		return "", ""
	}
	return "http://" + accept.Reached(s.api.Addr()).String() + api.Prefix, s.bearer
}

// Nodes are the nodes as of now; a return to the start replaces them.
func (s *Server) Nodes() []*cucm.Node {
	return s.current().Nodes()
}

// Password is the administrator's, as of now: a scenario may have one of its own.
func (s *Server) Password() string { return s.current().Password() }

// SSH are the addresses of the nodes' command lines.
func (s *Server) SSH() []string { return s.current().SSH() }

// Close ends the demonstration.
func (s *Server) Close() error {
	s.cancel()
	var err error
	for _, server := range []*accept.HTTPServer{s.page, s.api} {
		if server != nil {
			err = errors.Join(err, server.Close())
		}
	}
	if s.programs != nil {
		err = errors.Join(err, s.programs.Close())
	}
	s.starting.Lock()
	defer s.starting.Unlock()
	return errors.Join(err, s.current().Close())
}

func (s *Server) current() *live.Lab {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lab
}

// settled is the round that commands are for: one that is about to be replaced
// takes none.
func (s *Server) settled() *live.Lab {
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
	old := s.current()
	if old != nil && s.config.State != "" {
		return fmt.Errorf("the cluster is kept in %s: it is not started anew", s.config.State)
	}
	if old != nil { // first, since the new one may want its ports
		if err := old.Close(); err != nil {
			return err
		}
	}
	l, err := s.open(scenario)
	if err != nil {
		return err
	}
	if tour != "" {
		l.BeginTour(playing)
	} else {
		l.Fleet.Send(phone.PowerOn{}, nil)
	}
	s.mu.Lock()
	s.lab = l
	s.mu.Unlock()
	if old != nil && s.config.Restarted != nil {
		s.config.Restarted(s)
	}
	return nil
}

// open puts a scenario up, and serves its nodes' command lines.
func (s *Server) open(scenario scenarios.Scenario) (*live.Lab, error) {
	cfg := &s.config
	opt := lab.Options{
		Phones: cfg.Phones, Boots: cfg.Boots, Mode: cfg.Mode, Seed: cfg.Seed,
		Password: cfg.Password, PortOffset: cfg.PortOffset, RISRate: cfg.RISRate, Address: cfg.Address, State: cfg.State,
		Keys: s.keys(), Live: &lab.Live{Still: cfg.Still && cfg.Mode == lab.Virtual, Trouble: cfg.Trouble},
	}
	l, err := live.Open(scenario, opt)
	if err != nil {
		return nil, err
	}
	if err := l.ServeSSH(sshd.Options{Legacy: cfg.SSHLegacy}); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}
