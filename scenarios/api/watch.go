package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"itlsim/internal/accept"
	"itlsim/scenarios/live"
)

// Limits on what streams may cost.
const (
	maxStreams  = 16                     // of events, at a time
	maxWatches  = 16                     // likewise
	sendEvery   = 100 * time.Millisecond // what happened, or changed
	reviveEvery = 15 * time.Second       // a comment, so that dead connections are noticed
)

// room is for so many streams at a time.
type room chan struct{}

// take takes a place, and returns what gives it back. Who has one of so few keeps its connection.
func (p room) take(r *http.Request, what string) (leave func(), err error) {
	select {
	case p <- struct{}{}:
		accept.ProveRequest(r)
		return func() { <-p }, nil
	default:
		return nil, &tooMany{fmt.Sprintf("%d streams of %s are open already", cap(p), what)}
	}
}

// flow sends Server-Sent Events until the reader has gone: what news gives, every now and
// then, and without a pause while there is more.
func flow(rw http.ResponseWriter, r *http.Request, news func() (text string, more bool)) {
	rw.Header().Set("Content-Type", "text/event-stream")
	to := http.NewResponseController(rw)
	tick, revive := time.NewTicker(sendEvery), time.NewTicker(reviveEvery)
	defer tick.Stop()
	defer revive.Stop()
	comment := ": it has begun\n\n"
	for r.Context().Err() == nil {
		text, more := news()
		if text = comment + text; text != "" {
			if _, err := rw.Write([]byte(text)); err != nil || to.Flush() != nil {
				return
			}
		}
		if comment = ""; more {
			continue
		}
		select {
		case <-tick.C:
		case <-revive.C:
			comment = ": still here\n\n"
		case <-r.Context().Done():
			return
		}
	}
}

// A watch is an answer that goes on: all that is drawn of a lab, and then what changes.
type watch struct {
	lab   func() *live.Lab
	told  live.Watch
	leave func()
}

func (h *Handler) watch(_ *live.Lab, r *http.Request) (any, error) {
	leave, err := h.watches.take(r, "changes")
	if err != nil {
		return nil, err
	}
	return &watch{lab: seatOf(r).lab, leave: leave}, nil
}

// Watching reports whether somebody watches.
func (h *Handler) Watching() bool { return len(h.watches) > 0 }

func (w *watch) write(rw http.ResponseWriter, r *http.Request) {
	defer w.leave()
	flow(rw, r, func() (string, bool) {
		u := w.told.News(w.lab())
		if u == nil {
			return "", false
		}
		var b strings.Builder
		b.WriteString("data: ")
		if err := json.NewEncoder(&b).Encode(u); err != nil { // a line
			panic(err) // of plain structs
		}
		b.WriteString("\n")
		return b.String(), false
	})
}

// fleetColumns lists all phones, by columns.
func fleetColumns(l *live.Lab, _ *http.Request) (any, error) { return l.Installed(), nil }
