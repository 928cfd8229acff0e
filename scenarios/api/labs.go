package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"itlsim/lab"
	"itlsim/scenarios"
	"itlsim/scenarios/language"
	"itlsim/scenarios/live"
)

// A seat is a lab that requests are for: the process's own, or one that programs opened.
type seat struct {
	lab       func() *live.Lab
	startAnew func(context.Context) error
	tours     []scenarios.Scenario
	startTour func(ctx context.Context, name string, playing bool) error
}

// seatKey is where a request's context has its seat.
type seatKey struct{}

func seatOf(r *http.Request) *seat { return r.Context().Value(seatKey{}).(*seat) }

// own has a request be for the process's own lab.
func (h *Handler) own(do request) http.HandlerFunc {
	return h.serving(&seat{h.config.Lab, h.config.StartAnew, h.config.Tours, h.config.StartTour}, do)
}

// hosted has a request be for the lab that its path names, and end with it.
func (h *Handler) hosted(do request) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		its, done, err := h.find(r)
		if err != nil {
			answer(rw, r, nil, err)
			return
		}
		defer done()
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(its.Ended(), cancel)()
		h.serving(&seat{
			lab: its.Lab, tours: []scenarios.Scenario{its.Scenario},
			startAnew: func(context.Context) error { return its.StartAnew(nil) },
			startTour: func(_ context.Context, name string, playing bool) error {
				return its.StartAnew(func(l *live.Lab) {
					if name != "" {
						l.BeginTour(playing)
					}
				})
			},
		}, do)(rw, r.WithContext(ctx))
	}
}

// find finds the lab that a request names, which does not end until done is called.
func (h *Handler) find(r *http.Request) (its *live.Hosted, done func(), err error) {
	id := r.PathValue("lab")
	if its, done = h.labs.Use(id); its == nil {
		return nil, nil, &notFound{fmt.Sprintf("lab %.40q: it has ended, or never was", id)}
	}
	return its, done, nil
}

// labRoutes are what can be asked about the labs that programs open.
func (h *Handler) labRoutes() map[string]request {
	return map[string]request{
		"GET /labs":          h.listLabs,
		"POST /labs":         h.openLab,
		"GET /labs/{lab}":    h.oneLab,
		"DELETE /labs/{lab}": h.endLab,
	}
}

// A hosted lab, as it was opened.
type hosted struct {
	ID       string `json:"id"`
	Scenario string `json:"scenario"`
	Mode     string `json:"mode"`
	Seed     int64  `json:"seed"`
	Phones   int    `json:"phones"`
}

func hostedOf(h *live.Hosted) hosted {
	return hosted{h.ID, h.Scenario.Name, cmp.Or(h.Options.Mode, lab.Wire), h.Options.Seed, h.Phones}
}

func (h *Handler) listLabs(*live.Lab, *http.Request) (any, error) {
	all := []hosted{}
	for _, its := range h.labs.All() {
		all = append(all, hostedOf(its))
	}
	return map[string]any{"labs": all}, nil
}

func (h *Handler) oneLab(_ *live.Lab, r *http.Request) (any, error) {
	its, done, err := h.find(r)
	if err != nil {
		return nil, err
	}
	defer done()
	return hostedOf(its), nil
}

func (h *Handler) endLab(_ *live.Lab, r *http.Request) (any, error) {
	its, done, err := h.find(r)
	if err != nil {
		return nil, err
	}
	defer done()
	return hostedOf(its), its.End()
}

// openLab opens a lab of a scenario file, or of a scenario of the catalogue.
func (h *Handler) openLab(_ *live.Lab, r *http.Request) (any, error) {
	body, err := read[struct {
		Name     string `json:"name"`     // of the catalogue
		Scenario string `json:"scenario"` // a file
		Mode     string `json:"mode"`
		Phones   int    `json:"phones"`
		Seed     *int64 `json:"seed"`
	}](r)
	switch {
	case err != nil:
		return nil, err
	case (body.Name == "") == (body.Scenario == ""):
		return nil, &unread{errors.New("want either the name of a scenario of the catalogue, or a scenario file")}
	case body.Mode != "" && !slices.Contains(lab.Modes, body.Mode):
		return nil, &unread{fmt.Errorf("mode %.20q: want one of %s", body.Mode, strings.Join(lab.Modes, ", "))}
	case body.Phones < 0 || body.Phones > live.MaxLabPhones:
		return nil, &unread{fmt.Errorf("phones %d: want up to %d", body.Phones, live.MaxLabPhones)}
	}
	s, err := scenarioOf(body.Name, body.Scenario)
	if err != nil {
		return nil, err
	}
	var opt lab.Options
	if h.config.Options != nil {
		opt = h.config.Options()
	}
	opt.Mode, opt.Phones, opt.Seed = body.Mode, body.Phones, 1
	if body.Seed != nil {
		opt.Seed = *body.Seed
	}
	if why := s.NotIn[cmp.Or(body.Mode, lab.Wire)]; why != "" {
		return nil, &unread{fmt.Errorf("%s does not run in this mode: %s", s.Name, why)}
	}
	its, err := h.labs.Open(s, opt)
	switch {
	case errors.Is(err, live.ErrFull):
		return nil, &tooMany{err.Error()}
	case errors.Is(err, lab.ErrTooFew):
		return nil, &unread{err}
	case err != nil:
		return nil, err
	}
	return opened(hostedOf(its)), nil
}

// scenarioOf is the scenario of the catalogue that has a name, or else that of a file, which
// names no other files.
func scenarioOf(name, file string) (scenarios.Scenario, error) {
	if name != "" {
		s, ok := scenarios.Find(name)
		if !ok {
			return s, &notFound{fmt.Sprintf("scenario %.100q%s", name, language.DidYouMean(name, scenarios.Names()))}
		}
		return s, nil
	}
	s, err := scenarios.Load("scenario", []byte(file), nil)
	if problems, ok := errors.AsType[scenarios.Problems](err); ok {
		unclear := &notUnderstood{}
		for _, p := range problems {
			unclear.problems = append(unclear.problems,
				problem{In: "scenario", Line: p.Line, Column: max(1, p.Column), Message: p.Message})
		}
		return s, unclear
	}
	if err != nil {
		return s, &unread{err}
	}
	return s, nil
}

// opened is the answer of a lab that was opened.
type opened hosted

func (o opened) write(rw http.ResponseWriter, _ *http.Request) {
	rw.Header().Set("Content-Type", "application/json")
	rw.Header().Set("Location", Prefix+"/labs/"+o.ID)
	rw.WriteHeader(http.StatusCreated)
	json.NewEncoder(rw).Encode(hosted(o)) // an error is the reader's leaving
}
