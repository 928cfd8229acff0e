package live

import (
	"cmp"
	"strconv"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/ciscolog"
	"itlsim/fleet"
	"itlsim/scenarios"
)

// So many events are kept: what a fleet does in a boot, twice. A phone has 3.8 when it is
// switched on and 4.8 when it is reset, its log entries counted.
const (
	eventsPerPhone = 9
	fewestKept     = 16_384                           // for what happens to a few phones in a long time
	mostKept       = cucm.MaxDevices * eventsPerPhone // those of the largest cluster: some 70 MB
)

// An Event is something that happened: to a phone, in a node's log, or an act that began.
type Event struct {
	At    time.Time // by the scenario's clock
	Phone int       // its number
	Now   fleet.Condition
	Act   string          // as typed; "": it is none
	Entry *ciscolog.Entry // nil: it is none
	line  string          // of the entry; "": it can still be written
}

// Line is the entry's line of CiscoSyslog.
func (e *Event) Line() string { return cmp.Or(e.line, e.Entry.String()) }

// Events are those of a lab, the last so many of them. Nobody who reads them holds up who
// adds some.
type Events struct {
	Begun string // tells this lab's events from those of another that it replaces
	most  int    // that are kept

	mu    sync.Mutex
	count uint64 // of all so far
	kept  []Event
}

// newEvents are those of a lab with so many phones.
func newEvents(phones int) *Events {
	return &Events{
		Begun: strconv.FormatInt(time.Now().UnixNano(), 36),
		most:  min(max(fewestKept, phones*eventsPerPhone), mostKept),
	}
}

func (e *Events) add(one Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.kept) < e.most {
		e.kept = append(e.kept, one)
	} else {
		e.kept[e.count%uint64(e.most)] = one
	}
	e.count++
}

// Since gives the events behind so many, most at most, and how many before them are lost.
func (e *Events) Since(seen uint64, most int) (next []Event, lost uint64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	seen = min(seen, e.count)
	if oldest := e.count - uint64(len(e.kept)); seen < oldest {
		lost, seen = oldest-seen, oldest
	}
	for ; seen < e.count && len(next) < most; seen++ {
		next = append(next, e.kept[seen%uint64(e.most)])
	}
	return next, lost
}

// Count is how many there are so far.
func (e *Events) Count() uint64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.count
}

// logged adds an entry of a node's log.
func (e *Events) logged(entry ciscolog.Entry) {
	line := ""
	if _, tags := entry.Details.(ciscolog.Tags); tags { // which may be of any size, and of anybody's making
		line, entry.Details = entry.String(), nil
	}
	e.add(Event{At: entry.At, Entry: &entry, line: line})
}

// acting notes an act that begins.
func (l *Lab) acting(a scenarios.Act) {
	l.Events.add(Event{At: l.Now(), Act: a.Text})
	l.journal.note("Act", a.Text)
}
