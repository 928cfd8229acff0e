package live

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"itlsim/cucm"
	"itlsim/cucm/ciscolog"
	"itlsim/sip"
)

// A logLine is a line of the log panel: an entry of a node's application log, or
// what was done on the page.
type logLine struct {
	Seq   uint64 `json:"seq"`
	At    int64  `json:"at"`   // milliseconds since 1970, by the cluster's clock
	Alarm string `json:"kind"` // such as DeviceTLInfo; "Page" for what was done there, "Tour" for a step's commands
	From  string `json:"from"` // the phone or node
	Text  string `json:"text"`
	Line  string `json:"line,omitempty"` // of CiscoSyslog, whole
	// Match says of a DeviceTLInfo whether the phone held what the TFTP node served
	// that it named, when the alarm came (cucm.Report): "match", "mismatch" or "".
	Match string `json:"match,omitempty"`
	Phone *int   `json:"phone,omitempty"` // its index on the wall
}

const (
	// linesKept is how many lines of each sort are kept.
	linesKept = 400
	// maxPending is how many entries wait to be looked at: a moment's of phones that boot.
	maxPending = 1000
)

// journal keeps what the log panel shows: what the nodes log, and what was done
// on the page.
type journal struct {
	now   func() time.Time // the nodes'
	index map[string]int   // of each phone on the wall

	mu      sync.Mutex
	pending []ciscolog.Entry // not looked at yet
	count   uint64
	// Reports come by the thousand. Kept apart, they push out neither each other's
	// sort nor the rest.
	matches, mismatches, others []logLine
	held                        map[int]sip.Checksum // by the last DeviceTLInfo of each phone on the wall
	holds                       map[sip.Checksum]int // how many of them hold a list
}

func newJournal() *journal {
	return &journal{
		index: make(map[string]int), held: make(map[int]sip.Checksum), holds: make(map[sip.Checksum]int),
	}
}

// logged takes an entry of a node's log. It is looked at later, since nobody may ever ask
// for its line.
func (j *journal) logged(e ciscolog.Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.pending = append(j.pending, e); len(j.pending) == maxPending {
		j.take()
	}
}

// look makes lines of the entries that came.
func (j *journal) look() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.take()
}

// take is look for who holds the lock.
func (j *journal) take() {
	for i := range j.pending {
		e := &j.pending[i]
		l := logLine{At: e.At.UnixMilli(), Alarm: e.Alarm.String(), From: e.Host, Line: e.String()}
		if report, ok := e.Details.(cucm.Report); ok {
			j.report(l, report)
		} else {
			l.Text = e.Body()
			j.add(&j.others, l)
		}
	}
	j.pending = nil
}

// report enters a phone's DeviceTLInfo. The caller holds the lock.
func (j *journal) report(l logLine, r cucm.Report) {
	l.From = r.Device
	if i, ok := j.index[r.Device]; ok {
		l.Phone = &i
		j.hold(i, r.ITL)
	}
	switch r.Status {
	case cucm.ITLMatch:
		node, _, _ := strings.Cut(r.ITLServer, ".")
		l.Match, l.Text = "match", fmt.Sprintf("ITL %x is what %s serves", r.ITL[:4], node)
		j.add(&j.matches, l)
	case cucm.ITLMismatch:
		l.Match, l.Text = "mismatch", fmt.Sprintf("ITL %x is not what %s serves", r.ITL[:4], r.ITLServer)
		j.add(&j.mismatches, l)
	default:
		l.Text = "no ITL installed"
		j.add(&j.others, l)
	}
}

// hold notes which list a phone on the wall holds, nil for none. What strangers say that
// they hold counts nowhere. The caller holds the lock.
func (j *journal) hold(phone int, list *sip.Checksum) {
	if old, ok := j.held[phone]; ok {
		if j.holds[old]--; j.holds[old] == 0 {
			delete(j.holds, old)
		}
		delete(j.held, phone)
	}
	if list != nil {
		j.held[phone] = *list
		j.holds[*list]++
	}
}

// note enters what was done: by is "Page" or "Tour".
func (j *journal) note(by, from, format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.add(&j.others, logLine{At: j.now().UnixMilli(), Alarm: by, From: from, Text: fmt.Sprintf(format, args...)})
}

// add numbers a line and keeps it. The caller holds the lock.
func (j *journal) add(to *[]logLine, l logLine) {
	j.count++
	l.Seq = j.count
	if len(*to) == 2*linesKept { // seldom, so that a line costs little
		*to = append((*to)[:0], (*to)[linesKept:]...)
	}
	*to = append(*to, l)
}

// since gives the lines that are newer than so many, and how many there are now.
// Lines that are no longer kept are left out.
func (j *journal) since(seen uint64) ([]logLine, uint64) {
	j.look()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.count == seen {
		return nil, seen
	}
	var newer []logLine
	for _, all := range [][]logLine{j.others, j.matches, j.mismatches} {
		from := len(all)
		for from > 0 && all[from-1].Seq > seen && len(all)-from < linesKept {
			from--
		}
		newer = append(newer, all[from:]...)
	}
	return newer, j.count
}

// holders is how many phones hold each list, by the last DeviceTLInfo of each
// phone (M19).
func (j *journal) holders() map[sip.Checksum]int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.holds)
}
