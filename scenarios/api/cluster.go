package api

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"itlsim/itl"
	"itlsim/lab"
	"itlsim/scenarios/live"
	"itlsim/scenarios/report"
)

// A served list is answered as bytes, or as text where that is asked for.
type served struct{ *itl.List }

// pick gives the list that a path asks for, by its kind.
func pick(r *http.Request, of string, itl, ctl *itl.List) (any, error) {
	kind := r.PathValue("list")
	picked := itl
	switch kind {
	case "itl":
	case "ctl":
		picked = ctl
	default:
		return nil, &notFound{fmt.Sprintf("list %.20q: there are itl and ctl", kind)}
	}
	if as := r.URL.Query().Get("as"); as != "" && as != "text" {
		return nil, &unread{fmt.Errorf("as %.20q: want text, or nothing for the bytes", as)}
	}
	if picked == nil {
		return nil, &notFound{strings.ToUpper(kind) + " of " + of}
	}
	return served{picked}, nil
}

// write sends the file, or what `show itl` prints of it where the request takes text.
func (s served) write(rw http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.Header.Get("Accept"), "text/") || r.URL.Query().Get("as") == "text" {
		rw.Header().Set("Content-Type", "text/plain; charset=utf-8")
		io.WriteString(rw, itl.Show(s.List, time.UTC)) // an error is the reader's leaving
		return
	}
	rw.Header().Set("Content-Type", "application/octet-stream")
	rw.Write(s.Bytes())
}

// cluster tells how things are.
func (h *Handler) cluster(l *live.Lab, r *http.Request) (any, error) {
	told := struct {
		Scenario string        `json:"scenario"`
		Shows    string        `json:"shows"`
		Mode     string        `json:"mode"`
		Seed     int64         `json:"seed"`
		Now      time.Time     `json:"now"`  // by the scenario's clock
		AtS      float64       `json:"at_s"` // scenario seconds since the start
		Rate     float64       `json:"rate"` // scenario seconds a second of the wall clock
		Phones   int           `json:"phones"`
		UnderWay int           `json:"under_way"` // phones with something left to do
		States   report.States `json:"states"`
		Groups   []string      `json:"groups"`
		Models   []string      `json:"models"`
		Busy     string        `json:"busy,omitempty"` // what is under way
		Password string        `json:"admin_password,omitempty"`
		ReadOnly bool          `json:"read_only,omitempty"` // it is a run's
		live.Cluster
	}{
		Scenario: l.Scenario.Name, Shows: l.Scenario.Shows, Mode: cmp.Or(l.Options.Mode, lab.Wire), Seed: l.Options.Seed,
		Now: l.Now(), AtS: l.Elapsed().Seconds(), Rate: l.Rate(), Phones: l.Phones(), UnderWay: l.Fleet.Busy(),
		States: report.StatesOf(l.Fleet.States()), Groups: l.Installed().Groups, Models: l.Installed().Models,
		Busy: l.Doing(), ReadOnly: h.config.ReadOnly,
		Cluster: l.LookAtCluster(),
	}
	if know := h.config.MayKnow; know != nil && know(r) {
		told.Password = l.Password()
	}
	return told, nil
}

// find finds the node that a request names, by its place among all.
func find(l *live.Lab, name string) (int, error) {
	at := slices.Index(l.NodeNames(), name)
	if at < 0 {
		return 0, &notFound{fmt.Sprintf("node %.100q; there are %s", name, strings.Join(l.NodeNames(), ", "))}
	}
	return at, nil
}

func node(l *live.Lab, r *http.Request) (any, error) {
	at, err := find(l, r.PathValue("node"))
	if err != nil {
		return nil, err
	}
	return l.NodeAt(at), nil
}

// nodeList is a list that a node serves.
func nodeList(l *live.Lab, r *http.Request) (any, error) {
	at, err := find(l, r.PathValue("node"))
	if err != nil {
		return nil, err
	}
	n := l.Nodes()[at]
	return pick(r, n.Name(), n.ITL(), n.CTL())
}
