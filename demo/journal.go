package demo

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

// entry is a line of the log panel: of a node's application log, or one that
// tells what was done on the page.
type entry struct {
	Seq   uint64 `json:"seq"`
	At    int64  `json:"at"`   // milliseconds since 1970, by the cluster's clock
	Alarm string `json:"kind"` // such as DeviceTLInfo; "Page" for what was done there, "Tour" for what a step did
	From  string `json:"from"` // the phone or node
	Text  string `json:"text"`
	Line  string `json:"line,omitempty"` // of CiscoSyslog, whole
	// Match says of a DeviceTLInfo whether the phone held what the TFTP node served
	// that it named, when the alarm came (cucm.Report): "match", "mismatch" or "".
	Match string `json:"match,omitempty"`
	Phone *int   `json:"phone,omitempty"` // its place on the wall
}

// entriesKept is how many entries of each kind are kept.
const entriesKept = 400

// journal keeps what the log panel shows: what the nodes log, and what was done
// on the page.
type journal struct {
	now   func() time.Time // the nodes'
	index map[string]int   // of each phone on the wall

	mu      sync.Mutex
	pending []ciscolog.Entry // not looked at yet
	count   uint64
	// Apart, so that alarms, which come by the thousand, push out neither each
	// other's kind nor the rest.
	matches, mismatches, others []entry
	held                        map[string]sip.Checksum // by the last DeviceTLInfo of each phone
	holds                       map[sip.Checksum]int    // how many phones hold a list
}

func newJournal() *journal {
	return &journal{index: make(map[string]int), held: make(map[string]sip.Checksum), holds: make(map[sip.Checksum]int)}
}

// logged takes what a node logs. The cluster's lock may be held: it is looked
// at later.
func (j *journal) logged(l ciscolog.Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.pending = append(j.pending, l)
}

// look enters what was logged.
func (j *journal) look() {
	j.mu.Lock()
	defer j.mu.Unlock()
	for i := range j.pending {
		l := &j.pending[i]
		e := entry{At: l.At.UnixMilli(), Alarm: l.Alarm.String(), From: l.Host, Line: l.String()}
		if report, ok := l.Details.(cucm.Report); ok {
			j.report(e, report)
		} else {
			e.Text = l.Body()
			j.add(&j.others, e)
		}
	}
	j.pending = nil
}

// report enters a phone's DeviceTLInfo. The caller holds the lock.
func (j *journal) report(e entry, r cucm.Report) {
	e.From = r.Device
	if i, ok := j.index[r.Device]; ok {
		e.Phone = &i
	}
	j.hold(r.Device, r.ITL)
	switch r.Status {
	case cucm.ITLMatch:
		node, _, _ := strings.Cut(r.ITLServer, ".")
		e.Match, e.Text = "match", fmt.Sprintf("ITL %x is what %s serves", r.ITL[:4], node)
		j.add(&j.matches, e)
	case cucm.ITLMismatch:
		e.Match, e.Text = "mismatch", fmt.Sprintf("ITL %x is not what %s serves", r.ITL[:4], r.ITLServer)
		j.add(&j.mismatches, e)
	default:
		e.Text = "no ITL installed"
		j.add(&j.others, e)
	}
}

// hold notes which list a phone holds, nil for none. The caller holds the lock.
func (j *journal) hold(device string, list *sip.Checksum) {
	if old, ok := j.held[device]; ok {
		if j.holds[old]--; j.holds[old] == 0 {
			delete(j.holds, old)
		}
		delete(j.held, device)
	}
	if list != nil {
		j.held[device] = *list
		j.holds[*list]++
	}
}

// note enters what was done on the page.
func (j *journal) note(kind string, from, format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.add(&j.others, entry{At: j.now().UnixMilli(), Alarm: kind, From: from, Text: fmt.Sprintf(format, args...)})
}

// add numbers an entry and keeps it. The caller holds the lock.
func (j *journal) add(to *[]entry, e entry) {
	j.count++
	e.Seq = j.count
	if len(*to) == 2*entriesKept { // seldom, so that a line costs little
		*to = append((*to)[:0], (*to)[entriesKept:]...)
	}
	*to = append(*to, e)
}

// since gives the entries after a place in the count, and the new place.
// Entries that are no longer kept are left out.
func (j *journal) since(place uint64) ([]entry, uint64) {
	j.look()
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.count == place {
		return nil, place
	}
	var newer []entry
	for _, all := range [][]entry{j.others, j.matches, j.mismatches} {
		from := len(all)
		for from > 0 && all[from-1].Seq > place && len(all)-from < entriesKept {
			from--
		}
		newer = append(newer, all[from:]...)
	}
	return newer, j.count
}

// holders tells how many phones hold which list, by the last DeviceTLInfo of
// each (M19).
func (j *journal) holders() map[sip.Checksum]int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return maps.Clone(j.holds)
}
