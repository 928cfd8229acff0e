package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"itlsim/internal/accept"
)

// Limits on what pages may cost.
const (
	maxPages    = 16                     // at a time
	sendEvery   = 100 * time.Millisecond // what changed
	reviveEvery = 15 * time.Second       // a comment, so that dead connections are noticed
)

// update is what a page is sent: only what changed since the last one.
type update struct {
	Round   int          `json:"world,omitempty"` // on a page's first of each round: all is new
	Phones  int          `json:"phones,omitempty"`
	Cells   string       `json:"cells,omitempty"`
	Changed []int        `json:"changed,omitempty"` // index, cell, index, cell, …
	Clock   *reading     `json:"clock,omitempty"`
	Cluster *clusterView `json:"cluster,omitempty"`
	Log     []logLine    `json:"log,omitempty"`
	Samples []sample     `json:"samples,omitempty"`
	Screens []*screen    `json:"screens,omitempty"`
	Tour    *playerView  `json:"tour,omitempty"`
}

// reading is the nodes' time and its rate, as the page goes on from them.
type reading struct {
	Now  int64   `json:"now"` // milliseconds since 1970
	Rate float64 `json:"rate"`
}

// cursor is how far a page has been told of a round.
type cursor struct {
	round    *round
	player   *player
	wall     uint64
	cluster  uint64
	journal  uint64
	charts   uint64
	tour     uint64
	consoles []consoleCursor
	clock    time.Time
}

// update collects what is newer than a page's cursor, and moves it; nil where
// nothing is.
func (s *Server) update(p *cursor) *update {
	w, player := s.current()
	u := &update{}
	news := false
	if w != p.round {
		*p = cursor{round: w, consoles: make([]consoleCursor, len(w.consoles))}
		u.Round, u.Phones = w.number, len(w.phones)
		u.Cells, p.wall = w.wall.snapshot()
		news = true
	} else {
		u.Cells, u.Changed, p.wall = w.wall.since(p.wall)
	}
	if player != p.player {
		p.player, p.tour = player, 0
	}
	u.Cluster, p.cluster = w.clusterSince(p.cluster)
	u.Log, p.journal = w.journal.since(p.journal)
	u.Samples, p.charts = w.charts.since(p.charts)
	for i, c := range w.consoles {
		var sc *screen
		if sc, p.consoles[i] = c.since(p.consoles[i]); sc != nil {
			u.Screens = append(u.Screens, sc)
		}
	}
	if player != nil {
		u.Tour, p.tour = player.since(p.tour)
	}
	if now := time.Now(); now.Sub(p.clock) >= samplingEvery {
		r := reading{w.now().UnixMilli(), w.lab.Rate()}
		u.Clock, p.clock = &r, now
	}
	news = news || u.Cells != "" || u.Changed != nil || u.Cluster != nil || u.Log != nil ||
		u.Samples != nil || u.Screens != nil || u.Tour != nil || u.Clock != nil
	if !news {
		return nil
	}
	return u
}

// events is the page's event stream (Server-Sent Events).
func (s *Server) events(rw http.ResponseWriter, r *http.Request) {
	select {
	case s.pages <- struct{}{}:
		defer func() { <-s.pages }()
	default:
		http.Error(rw, fmt.Sprintf("%d pages are open already", maxPages), http.StatusServiceUnavailable)
		return
	}
	accept.ProveRequest(r)
	rw.Header().Set("Content-Type", "text/event-stream")
	rw.Header().Set("Cache-Control", "no-store")
	to := http.NewResponseController(rw)
	send := func(text string) bool {
		if _, err := fmt.Fprint(rw, text); err != nil {
			return false
		}
		return to.Flush() == nil
	}
	tick, revive := time.NewTicker(sendEvery), time.NewTicker(reviveEvery)
	defer tick.Stop()
	defer revive.Stop()
	var at cursor
	for {
		if u := s.update(&at); u != nil {
			b, err := json.Marshal(u)
			if err != nil {
				panic(err) // of plain structs
			}
			if !send("data: " + string(b) + "\n\n") {
				return
			}
		}
		select {
		case <-tick.C:
		case <-revive.C:
			if !send(": still here\n\n") {
				return
			}
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
}
