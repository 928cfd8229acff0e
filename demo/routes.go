package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strconv"
	"strings"
	"time"

	"itlsim/internal/cause"
	"itlsim/internal/guard"
	"itlsim/internal/strictjson"
	"itlsim/scenarios/live"
)

// Limits on requests.
const (
	maxBody = 4 << 10 // bytes
	maxLine = 1000    // bytes of a command
)

// handler serves the page and its commands.
func (s *Server) handler() http.Handler {
	assets, err := fs.Sub(page, "page")
	if err != nil {
		panic(err) // embedded
	}
	mux := http.NewServeMux()
	mux.Handle("GET /", http.FileServerFS(assets))
	for pattern, handle := range map[string]http.HandlerFunc{
		"GET /api/events": s.events,
		"GET /api/setup":  s.setup,

		"GET /api/phones/{phone}":        s.onPhone(showPhone),
		"POST /api/phones/{phone}/{act}": s.onPhone(actOnPhone),
		"POST /api/power":                s.do(power),
		"POST /api/reset":                s.do(resetPhones),
		"POST /api/settings":             s.do(changeSettings),
		"POST /api/clock":                s.do(moveClock),

		"POST /api/nodes/{node}/complete":   s.complete,
		"POST /api/nodes/{node}/type":       s.onConsole(typeLine),
		"POST /api/nodes/{node}/interrupt":  s.onConsole(interrupt),
		"POST /api/nodes/{node}/regenerate": s.onConsole(regenerate),
		"POST /api/nodes/{node}/restart":    s.onConsole(restartService),

		"POST /api/restart":   s.do(s.backToStart),
		"POST /api/tour/{do}": s.do(steerTour),
	} {
		mux.HandleFunc(pattern, handle)
	}
	return http.NewCrossOriginProtection().Handler(mux)
}

// contained has a panic end its request alone, with an entry in the publisher's log.
func (s *Server) contained(h http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if err := s.Nodes()[0].Contain("page", func() { h.ServeHTTP(rw, r) }); err != nil {
			guard.Refuse(rw, r, http.StatusInternalServerError, err.Error())
		}
	})
}

func showPhone(w *round, i int, _ *http.Request) (any, error) { return w.phone(i), nil }

func actOnPhone(w *round, i int, r *http.Request) (any, error) {
	body, err := read[struct{ Servers []string }](r)
	if err != nil {
		return nil, err
	}
	return nil, w.act(i, r.PathValue("act"), body.Servers)
}

func power(w *round, r *http.Request) error {
	body, err := read[struct{ On bool }](r)
	if err != nil {
		return err
	}
	w.Note("", "all phones: power %s", map[bool]string{true: "on", false: "off"}[body.On])
	w.power(body.On)
	return nil
}

func resetPhones(w *round, _ *http.Request) error {
	w.resetPhones()
	return nil
}

func changeSettings(w *round, r *http.Request) error {
	body, err := read[struct{ SettingsAccess bool }](r)
	if err != nil {
		return err
	}
	return w.settingsAccess(body.SettingsAccess)
}

// moveClock sets the clock's rate, or moves the clock forward.
func moveClock(w *round, r *http.Request) error {
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
		w.SetRate(body.Rate)
	}
	return w.Lab.Advance(r.Context(), time.Duration(body.Advance*float64(time.Second)))
}

// complete is the key Tab of a console.
func (s *Server) complete(rw http.ResponseWriter, r *http.Request) {
	c, err := s.settled().Console(r.PathValue("node"))
	if err != nil {
		answer(rw, nil, err)
		return
	}
	body, err := read[struct{ Line string }](r)
	longer, words := c.Complete(body.Line)
	answer(rw, map[string]any{"line": longer, "words": words}, err)
}

func typeLine(_ *round, c *live.Console, r *http.Request) error {
	body, err := read[struct{ Line string }](r)
	if err != nil {
		return err
	}
	if len(body.Line) > maxLine || strings.ContainsAny(body.Line, "\r\n") {
		return fmt.Errorf("a line has at most %d characters", maxLine)
	}
	return c.Enter(body.Line)
}

func interrupt(_ *round, c *live.Console, _ *http.Request) error {
	c.Interrupt()
	return nil
}

// regenerate is the button Regenerate of the page Certificate Management.
func regenerate(w *round, c *live.Console, r *http.Request) error {
	body, err := read[struct{ Unit string }](r)
	if err != nil {
		return err
	}
	w.Note(c.Node().Name(), "Certificate Management > Regenerate %s", body.Unit)
	return c.Run("set cert regen "+body.Unit, io.Discard, "yes")
}

func restartService(w *round, c *live.Console, r *http.Request) error {
	body, err := read[struct{ Service string }](r)
	if err != nil {
		return err
	}
	w.Note(c.Node().Name(), "restart %s", body.Service)
	return c.Run("utils service restart "+body.Service, io.Discard)
}

func (s *Server) backToStart(_ *round, r *http.Request) error {
	body, err := read[struct {
		Tour string
		Play bool
	}](r)
	if err != nil {
		return err
	}
	return s.restart(body.Tour, body.Play)
}

func steerTour(w *round, r *http.Request) error {
	do, tour := r.PathValue("do"), w.Tour()
	switch {
	case tour == nil:
		return errors.New("no tour has begun")
	case do == "pause":
		tour.Pause()
	case do == "play":
		tour.Play()
	case do == "next":
		tour.Next()
	default:
		return fmt.Errorf("a tour cannot %q", do)
	}
	return nil
}

// setup is what does not change within a round. A page that every user of the machine
// can open does not tell the password.
func (s *Server) setup(rw http.ResponseWriter, _ *http.Request) {
	w := s.settled()
	var tours []live.TourView
	for _, t := range s.tours {
		tours = append(tours, live.TourOf(t))
	}
	password := ""
	if s.config.Token != "" {
		password = s.Password()
	}
	answer(rw, map[string]any{
		"world": w.number, "mode": s.config.Mode, "password": password, "phones": w.Installed(), "tours": tours,
	}, nil)
}

// do wraps a command of the page.
func (s *Server) do(act func(*round, *http.Request) error) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		answer(rw, nil, act(s.settled(), r))
	}
}

func (s *Server) onConsole(act func(*round, *live.Console, *http.Request) error) http.HandlerFunc {
	return s.do(func(w *round, r *http.Request) error {
		c, err := w.Console(r.PathValue("node"))
		if err != nil {
			return err
		}
		return act(w, c, r)
	})
}

func (s *Server) onPhone(act func(*round, int, *http.Request) (any, error)) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		w := s.settled()
		i, err := strconv.Atoi(r.PathValue("phone"))
		if err != nil || i < 0 || i >= w.Phones() {
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
	data, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err == nil {
		err = strictjson.UnmarshalKnown(data, &v)
	}
	if err != nil {
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
		v = map[string]string{"error": cause.Of(err)}
	case v == nil:
		v = struct{}{}
	}
	json.NewEncoder(rw).Encode(v) // an error is the page's leaving
}
