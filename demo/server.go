package demo

import (
	"cmp"
	"context"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/netutil"

	"itlsim/cucm"
	"itlsim/scenarios"
)

//go:embed page
var page embed.FS

// Config is what a demonstration needs.
type Config struct {
	Phones   int
	Mode     string // of scenarios.Modes
	Seed     int64  // of virtual mode
	Boots    int    // phones that boot at a time, see scenarios.Options
	Password string // of the administrator; the page shows it
	// PortOffset is added to the nodes' standard ports; nil lets the system choose
	// ports.
	PortOffset *int
	// Keys gives each start its certificates' keys; fresh ones if nil.
	Keys func() cucm.KeySource

	Listen string // host:port of the page
	// Token, where not empty, must come with every request: in the page's address
	// once, by a cookie from then on. An address that is not loopback needs one.
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
	http     *http.Server
	pages    chan struct{} // one place for each open page
	ctx      context.Context
	cancel   context.CancelFunc
	done     chan struct{}

	starting sync.Mutex // held while a world is replaced

	mu     sync.Mutex
	world  *world
	player *player
}

// MaxPhones is how many phones a wall has room for: those of the largest cluster,
// twice.
const MaxPhones = 80_000

// Limits on requests.
const (
	maxConnections = 64
	maxBody        = 4 << 10
	maxLine        = 1000 // of a command
)

// Start starts a cluster, its phones and the page. Without a tour the phones
// boot at once. Close ends everything.
func Start(cfg Config) (*Server, error) {
	l, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return nil, err
	}
	if ip := l.Addr().(*net.TCPAddr).IP; !ip.IsLoopback() && cfg.Token == "" {
		l.Close()
		return nil, fmt.Errorf("the page on %s can be reached from other machines: it needs a token", l.Addr())
	}
	s := &Server{config: cfg, tours: toursOf(cfg), listener: l, pages: make(chan struct{}, maxPages), done: make(chan struct{})}
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
	s.http = &http.Server{Handler: s.handler(), ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 10 * time.Second, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10}
	go func() {
		defer close(s.done)
		s.http.Serve(netutil.LimitListener(l, maxConnections)) // returns when closed
	}()
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
	return w.stage.Nodes()
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
	<-s.done
	s.starting.Lock()
	defer s.starting.Unlock()
	w, _ := s.current()
	return errors.Join(err, w.close())
}

func (s *Server) current() (*world, *player) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.world, s.player
}

// settled is the world that commands are for: one that is about to be replaced
// takes none.
func (s *Server) settled() (*world, *player) {
	s.starting.Lock()
	defer s.starting.Unlock()
	return s.current()
}

// restart goes back to the start: a new world takes the place of the old. With
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
		return fmt.Errorf("%s has %d groups of phones, and here are %d phones", scenario.Name, len(scenario.Groups), s.config.Phones)
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
	w, err := openWorld(number, s.config, scenario)
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
	s.world, s.player = w, p
	s.mu.Unlock()
	if old != nil && s.config.Restarted != nil {
		s.config.Restarted(s)
	}
	return nil
}

func (s *Server) handler() http.Handler {
	mux := http.NewServeMux()
	assets, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // embedded
	}
	mux.Handle("GET /", http.FileServerFS(assets))
	mux.HandleFunc("GET /api/events", s.events)
	mux.HandleFunc("GET /api/setup", s.setup)
	mux.HandleFunc("GET /api/phones/{phone}", s.onPhone(func(w *world, i int, _ *http.Request) (any, error) { return w.phone(i), nil }))
	mux.HandleFunc("POST /api/phones/{phone}/{act}", s.onPhone(func(w *world, i int, r *http.Request) (any, error) {
		body, err := read[struct{ Servers []string }](r)
		if err != nil {
			return nil, err
		}
		return nil, w.act(i, r.PathValue("act"), body.Servers)
	}))
	mux.HandleFunc("POST /api/power", s.do(func(w *world, _ *player, r *http.Request) error {
		body, err := read[struct{ On bool }](r)
		if err == nil {
			w.journal.note("Page", "", "all phones: power %s", map[bool]string{true: "on", false: "off"}[body.On])
			w.power(body.On)
		}
		return err
	}))
	mux.HandleFunc("POST /api/reset", s.do(func(w *world, _ *player, _ *http.Request) error {
		w.resetPhones()
		return nil
	}))
	mux.HandleFunc("POST /api/settings", s.do(func(w *world, _ *player, r *http.Request) error {
		body, err := read[struct{ SettingsAccess bool }](r)
		if err == nil {
			err = w.settingsAccess(body.SettingsAccess)
		}
		return err
	}))
	mux.HandleFunc("POST /api/nodes/{node}/type", s.onConsole(func(w *world, c *console, r *http.Request) error {
		body, err := read[struct{ Line string }](r)
		if err != nil {
			return err
		}
		if len(body.Line) > maxLine || strings.ContainsAny(body.Line, "\r\n") {
			return fmt.Errorf("a line has at most %d characters", maxLine)
		}
		return c.enter(body.Line)
	}))
	mux.HandleFunc("POST /api/complete", func(rw http.ResponseWriter, r *http.Request) {
		body, err := read[struct{ Line string }](r)
		longer, words := cucm.CompleteLine(body.Line)
		answer(rw, map[string]any{"line": longer, "words": words}, err)
	})
	mux.HandleFunc("POST /api/nodes/{node}/interrupt", s.onConsole(func(_ *world, c *console, _ *http.Request) error {
		c.interrupt()
		return nil
	}))
	mux.HandleFunc("POST /api/nodes/{node}/regenerate", s.onConsole(func(w *world, c *console, r *http.Request) error {
		body, err := read[struct{ Unit string }](r)
		if err != nil {
			return err
		}
		w.journal.note("Page", c.node.Name(), "Certificate Management > Regenerate %s", body.Unit)
		return c.run("set cert regen "+body.Unit, io.Discard, "yes")
	}))
	mux.HandleFunc("POST /api/nodes/{node}/restart", s.onConsole(func(w *world, c *console, r *http.Request) error {
		body, err := read[struct{ Service string }](r)
		if err != nil {
			return err
		}
		w.journal.note("Page", c.node.Name(), "restart %s", body.Service)
		return c.run("utils service restart "+body.Service, io.Discard)
	}))
	mux.HandleFunc("POST /api/clock", s.do(func(w *world, _ *player, r *http.Request) error {
		body, err := read[struct {
			Rate    float64
			Advance float64 // seconds
		}](r)
		switch {
		case err != nil:
			return err
		case body.Rate != 0 && body.Rate != 1 && body.Rate != 60:
			return errors.New("the clock runs at 1x or 60x")
		case body.Advance < 0 || body.Advance > 366*24*3600:
			return errors.New("the clock moves forward by at most a year")
		case body.Rate != 0:
			w.stage.SetRate(body.Rate)
		}
		err = w.stage.Advance(w.ctx, time.Duration(body.Advance*float64(time.Second)))
		w.look()
		return err
	}))
	mux.HandleFunc("POST /api/restart", s.do(func(_ *world, _ *player, r *http.Request) error {
		body, err := read[struct {
			Tour string
			Play bool
		}](r)
		if err != nil {
			return err
		}
		return s.restart(body.Tour, body.Play)
	}))
	mux.HandleFunc("POST /api/tour/{do}", s.do(func(_ *world, p *player, r *http.Request) error {
		do := r.PathValue("do")
		switch {
		case p == nil:
			return errors.New("no tour has begun")
		case do == "pause":
			p.set(false)
		case do == "play":
			p.set(true)
			p.next()
		case do == "next":
			p.next()
		default:
			return fmt.Errorf("a tour cannot %q", do)
		}
		return nil
	}))
	return s.guard(http.NewCrossOriginProtection().Handler(mux))
}

// setup is what does not change within a world.
func (s *Server) setup(rw http.ResponseWriter, _ *http.Request) {
	w, _ := s.settled()
	var tours []tourView
	for _, t := range s.tours {
		tours = append(tours, viewOf(t))
	}
	password := cmp.Or(w.scenario.Cluster.Password, s.config.Password)
	answer(rw, map[string]any{"world": w.number, "mode": s.config.Mode, "password": password, "phones": w.phones, "tours": tours}, nil)
}

// do wraps a command of the page.
func (s *Server) do(act func(*world, *player, *http.Request) error) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		w, p := s.settled()
		answer(rw, nil, act(w, p, r))
	}
}

func (s *Server) onConsole(act func(*world, *console, *http.Request) error) http.HandlerFunc {
	return s.do(func(w *world, _ *player, r *http.Request) error {
		c, err := w.console(r.PathValue("node"))
		if err != nil {
			return err
		}
		return act(w, c, r)
	})
}

func (s *Server) onPhone(act func(*world, int, *http.Request) (any, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		w, _ := s.settled()
		i, err := strconv.Atoi(r.PathValue("phone"))
		if err != nil || i < 0 || i >= len(w.phones) {
			answer(rw, nil, fmt.Errorf("there is no phone %q", r.PathValue("phone")))
			return
		}
		v, err := act(w, i, r)
		answer(rw, v, err)
	}
}

// read reads a command's body.
func read[T any](r *http.Request) (T, error) {
	var v T
	dec := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxBody))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&v); err != nil {
		return v, fmt.Errorf("the request cannot be read: %w", err)
	}
	return v, nil
}

// answer sends a result, or says why there is none.
func answer(rw http.ResponseWriter, v any, err error) {
	rw.Header().Set("Cache-Control", "no-store")
	rw.Header().Set("Content-Type", "application/json")
	switch {
	case err != nil:
		rw.WriteHeader(http.StatusConflict)
		v = map[string]string{"error": err.Error()}
	case v == nil:
		v = struct{}{}
	}
	json.NewEncoder(rw).Encode(v) // an error is the page's leaving
}

// guard lets only this page's own requests in: with the token where one is set,
// and on a loopback address only under the names of this machine, so that no
// other site can have a browser send some by way of its own name.
func (s *Server) guard(next http.Handler) http.Handler {
	const cookie = "itlsim-demo"
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		h := rw.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		if site := r.Header.Get("Sec-Fetch-Site"); site == "cross-site" && strings.HasPrefix(r.URL.Path, "/api/") {
			http.Error(rw, "another site may not use this page", http.StatusForbidden)
			return
		}
		if s.config.Token == "" {
			if !s.ownName(r.Host) {
				http.Error(rw, fmt.Sprintf("this page is %s, not %s", s.listener.Addr(), r.Host), http.StatusMisdirectedRequest)
				return
			}
			next.ServeHTTP(rw, r)
			return
		}
		given := r.URL.Query().Get("token")
		if given != "" && s.isToken(given) {
			http.SetCookie(rw, &http.Cookie{Name: cookie, Value: given, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
			http.Redirect(rw, r, "/", http.StatusSeeOther) // the token leaves the address bar
			return
		}
		if c, err := r.Cookie(cookie); err == nil && s.isToken(c.Value) {
			next.ServeHTTP(rw, r)
			return
		}
		http.Error(rw, "open the page with its token: http://ADDRESS/?token=TOKEN", http.StatusUnauthorized)
	})
}

func (s *Server) isToken(given string) bool {
	return subtle.ConstantTimeCompare([]byte(given), []byte(s.config.Token)) == 1
}

func (s *Server) ownName(host string) bool {
	own := s.listener.Addr().String()
	_, port, _ := net.SplitHostPort(own)
	return host == own || host == net.JoinHostPort("localhost", port)
}
