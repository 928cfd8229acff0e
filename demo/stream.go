package demo

import (
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"itlsim/internal/accept"
	"itlsim/scenarios/live"
)

// Limits on what pages may cost.
const (
	maxPages    = 16                     // at a time
	sendEvery   = 100 * time.Millisecond // what changed
	reviveEvery = 15 * time.Second       // a comment, so that dead connections are noticed
)

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
	var at live.Watch
	var told *round
	for {
		now := s.current()
		if u := at.News(now.Lab); u != nil {
			if now != told {
				told, u.World = now, now.number
			}
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
