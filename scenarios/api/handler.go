package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"itlsim/internal/cause"
	"itlsim/internal/strictjson"
	"itlsim/lab"
	"itlsim/lab/metrics"
	"itlsim/scenarios"
	"itlsim/scenarios/language"
	"itlsim/scenarios/live"
)

// Prefix begins the paths of the API.
const Prefix = "/api/v1"

// Limits on requests and answers.
const (
	maxBody   = 64 << 10 // bytes: a hundred sentences of several lines
	maxActs   = 100      // acts, or expectations, of a request
	usualMost = 100      // phones, alarms or lines of an answer, where none is asked for
	maxMost   = 1000     // ... that can be asked for: half a megabyte
)

// Config says what the API is for.
type Config struct {
	// Lab is the lab as of now.
	Lab func() *live.Lab
	// StartAnew replaces the lab by one as it was when it was opened.
	StartAnew func(context.Context) error
	// Options, where not nil, gives what each lab that programs open has, but for mode, phones
	// and seed, which they say.
	Options func() lab.Options
	// Tours are the scenarios that can be played step by step.
	Tours []scenarios.Scenario
	// StartTour replaces the lab by that of one of them, which plays or stands before its
	// first step; by the lab that there is without a tour where its name is "".
	StartTour func(ctx context.Context, name string, playing bool) error
	// ReadOnly has nothing be done: somebody else plays in the lab, and who asks watches.
	ReadOnly bool
	// MayKnow tells who is told the administrator's password; nil: nobody.
	MayKnow func(*http.Request) bool
}

// New gives the API of a lab, under [Prefix], and its metrics at [metrics.Path]. What can be
// asked of that lab can be asked of those, too, that programs open beside it, under
// [Prefix]/labs/ID; Close ends them.
func New(cfg Config) *Handler {
	h := &Handler{config: cfg, streams: make(room, maxStreams), watches: make(room, maxWatches)}
	for pattern, do := range h.routes() {
		do = asking(queries[pattern], do)
		h.serve(pattern, "", h.own(do))
		h.serve(pattern, "/labs/{lab}", h.hosted(do))
	}
	for pattern, do := range h.labRoutes() {
		h.serve(pattern, "", h.serving(nil, asking(queries[pattern], do)))
	}
	slices.Sort(h.paths)
	h.paths = slices.Compact(h.paths)
	h.mux.Handle("GET "+metrics.Path, metrics.Handler(func() metrics.Source { return metrics.Of(cfg.Lab().Player.Lab) }))
	return h
}

// serve has a pattern answered, under the prefix and what follows it.
func (h *Handler) serve(pattern, under string, by http.HandlerFunc) {
	method, path, _ := strings.Cut(pattern, " ")
	h.paths = append(h.paths, path)
	h.mux.HandleFunc(method+" "+Prefix+under+path, by)
}

// serving has a request done with the lab of a seat, nil for none.
func (h *Handler) serving(s *seat, do request) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		var v any
		err := h.may(r)
		if err == nil {
			err = take(rw, r)
		}
		if err == nil && s != nil {
			v, err = do(s.lab(), r.WithContext(context.WithValue(r.Context(), seatKey{}, s)))
		} else if err == nil {
			v, err = do(nil, r)
		}
		answer(rw, r, v, err)
	}
}

// may refuses what would do something where that is not to be.
func (h *Handler) may(r *http.Request) error {
	if h.config.ReadOnly && r.Method != http.MethodGet && r.Method != http.MethodHead {
		return errReadOnly
	}
	return nil
}

var errReadOnly = errors.New("a run plays here, which is watched: nothing else is done to its cluster and phones")

// A Handler is the API of a lab. Make it with [New].
type Handler struct {
	config  Config
	labs    live.Labs // that programs opened
	streams room      // for those of events
	watches room
	mux     http.ServeMux
	paths   []string // that there are, without the prefix
}

// ServeHTTP answers a request, and says what there is where it asks for something else.
func (h *Handler) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	otherwise, pattern := h.mux.Handler(r)
	if pattern != "" {
		h.mux.ServeHTTP(rw, r)
		return
	}
	told := unseen{http.Header{}}
	otherwise.ServeHTTP(told, r)
	if takes := told.Header().Get("Allow"); takes != "" {
		rw.Header().Set("Allow", takes)
		answer(rw, r, nil, &wrongMethod{r.URL.Path, takes, r.Method})
		return
	}
	answer(rw, r, nil, &notFound{fmt.Sprintf(
		"%.100s; under %s there are %s, for each lab under /labs/{lab}, too, and elsewhere %s",
		r.URL.Path, Prefix, strings.Join(h.paths, ", "), metrics.Path)})
}

// Close ends the labs that programs opened; further ones are refused.
func (h *Handler) Close() error { return h.labs.Close() }

// unseen is an answer of which only the header is of interest.
type unseen struct{ header http.Header }

func (u unseen) Header() http.Header         { return u.header }
func (u unseen) Write(b []byte) (int, error) { return len(b), nil }
func (u unseen) WriteHeader(int)             {}

// A wrongMethod is the error of a request for what is there, but not by this method.
type wrongMethod struct{ path, takes, method string }

func (e *wrongMethod) Error() string {
	return fmt.Sprintf("%s takes %s, not %.20s", e.path, e.takes, e.method)
}

// A tooMany is the error of who finds no place.
type tooMany struct{ what string }

func (e *tooMany) Error() string { return e.what }

// A request is answered with what it gives, as JSON unless it says itself how it is written.
type request func(*live.Lab, *http.Request) (any, error)

// written is an answer that is no JSON.
type written interface {
	write(rw http.ResponseWriter, r *http.Request)
}

// routes are all that can be asked for; openapi.yaml describes them.
func (h *Handler) routes() map[string]request {
	return map[string]request{
		"POST /acts":                 acts,
		"POST /expect":               expect,
		"POST /rehearsals":           rehearse,
		"GET /cluster":               h.cluster,
		"POST /cluster/start-anew":   h.startAnew,
		"POST /clock":                clock,
		"GET /nodes/{node}":          node,
		"GET /nodes/{node}/{list}":   nodeList,
		"GET /fleet":                 fleetColumns,
		"GET /phones":                phones,
		"GET /phones/{phone}":        onePhone,
		"GET /phones/{phone}/{list}": phoneList,
		"GET /phones/{phone}/trust":  phoneTrust,
		"GET /trust":                 fleetTrust,
		"GET /alarms":                alarms,
		"GET /log":                   log,
		"GET /events":                h.stream,
		"GET /watch":                 h.watch,
		"GET /moments":               moments,
		"GET /moments/{moment}":      oneMoment,
		"GET /tours":                 listTours,
		"GET /tour":                  tour,
		"POST /tour":                 h.startTour,
		"POST /tour/play":            steer((*live.Tour).Play),
		"POST /tour/pause":           steer((*live.Tour).Pause),
		"POST /tour/next":            steer((*live.Tour).Next),
		"POST /tour/back":            steer((*live.Tour).Back),

		"POST /nodes/{node}/console":           onConsole(typeLine),
		"POST /nodes/{node}/console/interrupt": onConsole(interrupt),
		"POST /nodes/{node}/console/complete":  onConsole(complete),

		"GET /openapi.yaml": describe("application/yaml", asYAML),
		"GET /openapi.json": describe("application/json", asJSON),
	}
}

// startAnew replaces the lab, and tells how the new one is.
func (h *Handler) startAnew(_ *live.Lab, r *http.Request) (any, error) {
	if _, err := read[struct{}](r); err != nil {
		return nil, err
	}
	its := seatOf(r)
	if err := its.startAnew(r.Context()); err != nil {
		return nil, err
	}
	return h.cluster(its.lab(), r)
}

// A notFound is the error of a request for what is not there.
type notFound struct{ what string }

func (e *notFound) Error() string { return "there is no " + e.what }

// An unread is the error of a request that makes no sense before any sentence is read.
type unread struct{ error }

func (e *unread) Unwrap() error { return e.error }

// take takes a request's body, after which the peer is not waited for any more: what it asks
// for may take its time, which a deadline for reading would end.
func take(rw http.ResponseWriter, r *http.Request) error {
	data, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxBody))
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge
	}
	if err != nil {
		return &unread{err}
	}
	r.Body = io.NopCloser(bytes.NewReader(data))
	_ = http.NewResponseController(rw).SetReadDeadline(time.Time{}) // there is none where that fails
	return nil
}

// read reads a request's body; none is that of an empty object.
func read[T any](r *http.Request) (T, error) {
	var v T
	data, err := io.ReadAll(r.Body)
	if err == nil && len(data) > 0 {
		err = strictjson.UnmarshalKnown(data, &v)
	}
	if err != nil {
		return v, &unread{fmt.Errorf("the request cannot be read: %w", err)}
	}
	return v, nil
}

// queries are the parameters that requests may have; others have none.
var queries = map[string][]string{
	"GET /phones":                {"state", "group", "model", "after", "limit"},
	"GET /phones/{phone}/{list}": {"as"},
	"GET /nodes/{node}/{list}":   {"as"},
	"GET /alarms":                {"after", "limit"},
	"GET /log":                   {"node", "after", "limit"},
	"GET /events":                {"after"},
}

// asking has a request done that has no parameters but these, each once: one that is misspelt
// would ask for something else.
func asking(names []string, do request) request {
	return func(l *live.Lab, r *http.Request) (any, error) {
		asked, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return nil, &unread{errors.New("the parameters behind the ? cannot be read")}
		}
		for _, name := range slices.Sorted(maps.Keys(asked)) {
			switch {
			case !slices.Contains(names, name):
				return nil, &unread{fmt.Errorf("there is no parameter %.40q here%s", name, language.DidYouMean(name, names))}
			case len(asked[name]) > 1:
				return nil, &unread{fmt.Errorf("%s is there twice", name)}
			}
		}
		return do(l, r)
	}
}

// most is how many things an answer is to have.
func most(r *http.Request) (int, error) {
	text := r.URL.Query().Get("limit")
	if text == "" {
		return usualMost, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxMost {
		return 0, &unread{fmt.Errorf("limit %.20q: want 1 to %d", text, maxMost)}
	}
	return n, nil
}

// failed is the answer of what could not be done.
type failed struct {
	Error    string    `json:"error"`
	Problems []problem `json:"problems,omitempty"`
}

// answer sends a result, or says why there is none. An error that comes with a result is
// told in it.
func answer(rw http.ResponseWriter, r *http.Request, v any, err error) {
	rw.Header().Set("Cache-Control", "no-store")
	if other, ok := v.(written); ok && err == nil {
		other.write(rw, r)
		return
	}
	rw.Header().Set("Content-Type", "application/json")
	if err != nil {
		if _, busy := errors.AsType[*live.BusyError](err); busy {
			rw.Header().Set("Retry-After", "1")
			v = nil
		}
		if v == nil {
			f := failed{Error: cause.Of(err)}
			if unclear, ok := err.(*notUnderstood); ok {
				f.Problems = unclear.problems
			}
			v = f
		}
		rw.WriteHeader(status(err))
	}
	json.NewEncoder(rw).Encode(v) // an error is the reader's leaving
}

// status is the HTTP status that an error is answered with.
func status(err error) int {
	switch {
	case errors.Is(err, live.ErrNoMoment):
		return http.StatusNotFound
	case errors.Is(err, live.ErrGone):
		return http.StatusGone
	}
	switch err.(type) {
	case *tooMany:
		return http.StatusServiceUnavailable
	case *notFound:
		return http.StatusNotFound
	case *wrongMethod:
		return http.StatusMethodNotAllowed
	case *unread, *notUnderstood:
		return http.StatusBadRequest
	case *http.MaxBytesError:
		return http.StatusRequestEntityTooLarge
	}
	return http.StatusConflict
}
