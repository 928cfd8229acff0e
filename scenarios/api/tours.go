package api

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"itlsim/scenarios"
	"itlsim/scenarios/live"
)

// listTours are the scenarios that can be played step by step.
func listTours(_ *live.Lab, r *http.Request) (any, error) {
	all := []live.TourView{}
	for _, s := range seatOf(r).tours {
		all = append(all, live.TourOf(s))
	}
	return map[string]any{"tours": all}, nil
}

// startTour replaces the lab by that of a scenario, and tells how it is.
func (h *Handler) startTour(_ *live.Lab, r *http.Request) (any, error) {
	body, err := read[struct {
		Name    string `json:"name"` // "": no tour
		Playing bool   `json:"playing"`
	}](r)
	if err != nil {
		return nil, err
	}
	its := seatOf(r)
	known := func(s scenarios.Scenario) bool { return s.Name == body.Name }
	if body.Name != "" && !slices.ContainsFunc(its.tours, known) {
		return nil, &notFound{fmt.Sprintf("scenario %.100q that is played here", body.Name)}
	}
	if err := its.startTour(r.Context(), body.Name, body.Playing); err != nil {
		return nil, err
	}
	return h.cluster(its.lab(), r)
}

// tour is what tour plays, and where it stands.
func tour(l *live.Lab, _ *http.Request) (any, error) {
	t := l.Tour()
	if t == nil {
		return nil, &notFound{"tour: none has begun"}
	}
	return t.State(), nil
}

// steer has the tour that has begun do something, and tells how it is.
func steer(do func(*live.Tour)) request {
	return func(l *live.Lab, r *http.Request) (any, error) {
		if _, err := read[struct{}](r); err != nil {
			return nil, err
		}
		t := l.Tour()
		if t == nil {
			return nil, errors.New("no tour has begun")
		}
		do(t)
		return t.State(), nil
	}
}

// moments are the ends of the last steps.
func moments(l *live.Lab, _ *http.Request) (any, error) {
	return map[string]any{"moments": l.Moments()}, nil
}

// oneMoment is all that was seen at a step's end.
func oneMoment(l *live.Lab, r *http.Request) (any, error) {
	number, err := strconv.Atoi(r.PathValue("moment"))
	if err != nil {
		return nil, &notFound{fmt.Sprintf("moment %.20q", r.PathValue("moment"))}
	}
	p, err := l.Picture(number)
	if err != nil {
		return nil, err // and no picture that is nil
	}
	return p, nil
}
