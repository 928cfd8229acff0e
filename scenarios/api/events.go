package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"itlsim/fleet"
	"itlsim/scenarios/live"
)

// maxAtOnce is how many events of a stream are written at once.
const maxAtOnce = 1000

// happened is an event as a stream has it, by its kind.
func happened(l *live.Lab, e *live.Event) (kind string, data any) {
	switch {
	case e.Act != "":
		return "act", map[string]any{"at": e.At, "text": e.Act}
	case e.Entry != nil:
		return "log", map[string]any{
			"at": e.At, "node": e.Entry.Host, "alarm": e.Entry.Alarm.String(), "line": e.Line(),
		}
	}
	return "phone", map[string]any{
		"at": e.At, "phone": l.Installed().Names[e.Phone], "state": fleet.PlaceName(e.Now.Place()), "booting": e.Now.Booting,
	}
}

// A stream is an answer that goes on: Server-Sent Events.
type stream struct {
	lab   func() *live.Lab
	at    *live.Lab // whose events are sent
	seen  uint64    // of them
	lost  bool      // where it was going on from is of another lab
	leave func()
}

// stream begins one where the reader's last ended (Last-Event-ID), or with what happens from
// now on.
func (h *Handler) stream(l *live.Lab, r *http.Request) (any, error) {
	leave, err := h.streams.take(r, "events")
	if err != nil {
		return nil, err
	}
	s := &stream{lab: seatOf(r).lab, at: l, seen: l.Events.Count(), leave: leave}
	if last := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")); last != "" {
		begun, number, _ := strings.Cut(last, "-")
		seen, err := strconv.ParseUint(number, 10, 64)
		if s.seen = seen; begun != l.Events.Begun || err != nil {
			s.seen, s.lost = 0, true
		}
	}
	return s, nil
}

// write sends events until the reader has gone.
func (s *stream) write(rw http.ResponseWriter, r *http.Request) {
	defer s.leave()
	flow(rw, r, s.news)
}

// news is what happened since, and whether there is more already.
func (s *stream) news() (text string, more bool) {
	var b strings.Builder
	if now := s.lab(); now != s.at {
		s.at, s.seen, s.lost = now, 0, false
		s.line(&b, "anew", struct{}{})
	}
	next, lost := s.at.Events.Since(s.seen, maxAtOnce)
	s.seen += lost
	if lost > 0 || s.lost {
		s.lost = false
		s.line(&b, "lost", map[string]any{"events": lost})
	}
	for i := range next {
		s.seen++
		kind, data := happened(s.at, &next[i])
		s.line(&b, kind, data)
	}
	return b.String(), len(next) == maxAtOnce
}

// line writes an event, whose number is how many were seen.
func (s *stream) line(b *strings.Builder, kind string, data any) {
	text, err := json.Marshal(data)
	if err != nil {
		panic(err) // of plain values
	}
	fmt.Fprintf(b, "id: %s-%d\nevent: %s\ndata: %s\n\n", s.at.Events.Begun, s.seen, kind, text)
}
