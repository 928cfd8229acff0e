package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"itlsim/cucm/ciscolog"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios"
)

// Limits on what streams of events may cost.
const (
	maxStreams  = 16                     // at a time
	maxAtOnce   = 1000                   // events of one write
	sendEvery   = 100 * time.Millisecond // what happened
	reviveEvery = 15 * time.Second       // a comment, so that dead connections are noticed
)

// So many events are kept: what a fleet does in a boot, twice. A phone has 3.8 when it is
// switched on and 4.8 when it is reset, its log entries counted.
const (
	eventsPerPhone = 9
	fewestKept     = 16_384                  // for what happens to a few phones in a long time
	mostKept       = 40_000 * eventsPerPhone // those of the largest cluster: some 70 MB
)

// An event is something that happened: to a phone, in a node's log, or an act that began.
type event struct {
	at    time.Time // by the scenario's clock
	phone int
	now   fleet.Condition
	act   string          // "": it is none
	entry *ciscolog.Entry // nil: it is none
	line  string          // of the entry; "": it can still be written
}

// events are those of a lab, the last so many of them. Nobody who reads them holds up who
// adds some.
type events struct {
	begun string // tells this lab's events from those of another that it replaces
	most  int    // that are kept

	mu    sync.Mutex
	count uint64 // of all so far
	kept  []event
}

// newEvents are those of a lab with so many phones.
func newEvents(phones int) *events {
	return &events{
		begun: strconv.FormatInt(time.Now().UnixNano(), 36),
		most:  min(max(fewestKept, phones*eventsPerPhone), mostKept),
	}
}

func (e *events) add(one event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.kept) < e.most {
		e.kept = append(e.kept, one)
	} else {
		e.kept[e.count%uint64(e.most)] = one
	}
	e.count++
}

// since gives the events behind so many, some at most, and how many before them are lost.
func (e *events) since(seen uint64) (next []event, lost uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	seen = min(seen, e.count)
	if oldest := e.count - uint64(len(e.kept)); seen < oldest {
		lost, seen = oldest-seen, oldest
	}
	for ; seen < e.count && len(next) < maxAtOnce; seen++ {
		next = append(next, e.kept[seen%uint64(e.most)])
	}
	return next, lost
}

// now is how many there are so far.
func (e *events) now() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.count
}

// watched has a lab's phones, logs and acts tell of what happens, and whoever they told
// before as well. Time stands still but for waits where nobody said otherwise.
func (e *events) watched(live *lab.Live, now func() time.Time) *lab.Live {
	if live == nil {
		live = &lab.Live{Still: true}
	}
	w, logged := *live, live.Logged
	w.Observer = watcher{e, now, live.Observer}
	w.Logged = func(entry ciscolog.Entry) {
		if logged != nil {
			logged(entry)
		}
		line := ""
		if _, tags := entry.Details.(ciscolog.Tags); tags { // which may be of any size, and of anybody's making
			line, entry.Details = entry.String(), nil
		}
		e.add(event{at: entry.At, entry: &entry, line: line})
	}
	return &w
}

// A watcher is a fleet's observer before another one.
type watcher struct {
	events *events
	now    func() time.Time
	next   fleet.Observer // nil: nobody
}

// Changed notes how a phone is now.
func (w watcher) Changed(phone int, now fleet.Condition) {
	w.events.add(event{at: w.now(), phone: phone, now: now})
	if w.next != nil {
		w.next.Changed(phone, now)
	}
}

// Judged passes a verdict on.
func (w watcher) Judged(phone int, v phone.Verdict) {
	if w.next != nil {
		w.next.Judged(phone, v)
	}
}

// text is an event as a stream has it, by its kind.
func (l *Lab) text(e *event) (kind string, data any) {
	switch {
	case e.act != "":
		return "act", map[string]any{"at": e.at, "text": e.act}
	case e.entry != nil:
		return "log", map[string]any{
			"at": e.at, "node": e.entry.Host, "alarm": e.entry.Alarm.String(), "line": cmp.Or(e.line, e.entry.String()),
		}
	}
	return "phone", map[string]any{
		"at": e.at, "phone": l.name(e.phone), "state": fleet.PlaceName(e.now.Place()), "booting": e.now.Booting,
	}
}

// name is a phone's name, which does not change.
func (l *Lab) name(i int) string {
	l.naming.Do(func() {
		l.Each(fleet.Basics, func(_ int, _ *lab.Member, v *fleet.View) { l.names = append(l.names, v.Name) })
	})
	return l.names[i]
}

// acting notes an act that begins.
func (l *Lab) acting(a scenarios.Act) { l.events.add(event{at: l.Now(), act: a.Text}) }

// A stream is an answer that goes on: Server-Sent Events.
type stream struct {
	lab  func() *Lab
	at   *Lab   // whose events are sent
	seen uint64 // of them
	lost bool   // where it was going on from is of another lab
	done func()
}

// stream begins one where the reader's last ended (Last-Event-ID), or with what happens from
// now on.
func (h *handler) stream(l *Lab, r *http.Request) (any, error) {
	select {
	case h.streams <- struct{}{}:
	default:
		return nil, errStreams
	}
	s := &stream{lab: h.Lab, at: l, seen: l.events.now(), done: func() { <-h.streams }}
	if last := cmp.Or(r.Header.Get("Last-Event-ID"), r.URL.Query().Get("after")); last != "" {
		begun, number, _ := strings.Cut(last, "-")
		seen, err := strconv.ParseUint(number, 10, 64)
		if s.seen = seen; begun != l.events.begun || err != nil {
			s.seen, s.lost = 0, true
		}
	}
	return s, nil
}

// write sends events until the reader has gone: every now and then, and without a pause
// while there are more than one write takes.
func (s *stream) write(rw http.ResponseWriter, r *http.Request) {
	defer s.done()
	rw.Header().Set("Content-Type", "text/event-stream")
	to := http.NewResponseController(rw)
	tick, revive := time.NewTicker(sendEvery), time.NewTicker(reviveEvery)
	defer tick.Stop()
	defer revive.Stop()
	text := ": these are events\n\n"
	for r.Context().Err() == nil {
		news, more := s.news()
		if text += news; text != "" {
			if _, err := rw.Write([]byte(text)); err != nil || to.Flush() != nil {
				return
			}
		}
		if text = ""; more {
			continue
		}
		select {
		case <-tick.C:
		case <-revive.C:
			text = ": still here\n\n"
		case <-r.Context().Done():
			return
		}
	}
}

// news is what happened since, and whether there is more already.
func (s *stream) news() (text string, more bool) {
	var b strings.Builder
	if now := s.lab(); now != s.at {
		s.at, s.seen, s.lost = now, 0, false
		s.line(&b, "anew", struct{}{})
	}
	next, lost := s.at.events.since(s.seen)
	s.seen += lost
	if lost > 0 || s.lost {
		s.lost = false
		s.line(&b, "lost", map[string]any{"events": lost})
	}
	for i := range next {
		s.seen++
		kind, data := s.at.text(&next[i])
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
	fmt.Fprintf(b, "id: %s-%d\nevent: %s\ndata: %s\n\n", s.at.events.begun, s.seen, kind, text)
}
