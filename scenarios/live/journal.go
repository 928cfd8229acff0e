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

// A LogLine is an entry of a node's application log, an act, or what a cluster could not do.
type LogLine struct {
	Seq  uint64    `json:"seq"`  // counts the lines of the lab, from 1
	At   time.Time `json:"at"`   // by the cluster's clock
	Kind string    `json:"kind"` // the alarm, such as DeviceTLInfo; Act, Trouble
	From string    `json:"from"` // the phone or node
	Text string    `json:"text"`
	Line string    `json:"line,omitempty"` // of CiscoSyslog, whole
	// Match says of a DeviceTLInfo whether the phone held what the TFTP node served
	// that it named, when the alarm came (cucm.Report): "match", "mismatch" or "".
	Match string `json:"match,omitempty"`
}

const (
	// linesKept is how many lines of each sort are kept.
	linesKept = 400
	// linesTold is how many of each sort are told at a time to who watches: ten times a second
	// as many as a page shows.
	linesTold = 50
)

// journal keeps what the nodes log, and what was done to the lab.
type journal struct {
	now   func() time.Time // the nodes'
	index map[string]int   // of each phone on the wall

	mu    sync.Mutex
	count uint64
	// Reports come by the thousand, and so do phones that register. Kept apart, they push out
	// neither each other's sort nor what was done.
	matches, mismatches, others, notes []kept
	held                               map[int]sip.Checksum // by the last DeviceTLInfo of each phone on the wall
	holds                              map[sip.Checksum]int // how many of them hold a list
}

func newJournal() *journal {
	return &journal{
		index: make(map[string]int), held: make(map[int]sip.Checksum), holds: make(map[sip.Checksum]int),
	}
}

// kept is a line whose words are made when somebody reads it: nobody may ever ask for them.
type kept struct {
	LogLine
	entry *ciscolog.Entry // nil: the line has its words
}

// told is the line with its words.
func (k kept) told() LogLine {
	if k.entry == nil {
		return k.LogLine
	}
	l := k.LogLine
	l.Line = k.entry.String()
	r, ok := k.entry.Details.(cucm.Report)
	switch {
	case !ok:
		l.Text = k.entry.Body()
	case r.Status == cucm.ITLMatch:
		node, _, _ := strings.Cut(r.ITLServer, ".")
		l.Text = fmt.Sprintf("ITL %x is what %s serves", r.ITL[:4], node)
	case r.Status == cucm.ITLMismatch:
		l.Text = fmt.Sprintf("ITL %x is not what %s serves", r.ITL[:4], r.ITLServer)
	default:
		l.Text = "no ITL installed"
	}
	return l
}

// logged enters an entry of a node's log.
func (j *journal) logged(e ciscolog.Entry) {
	k := kept{LogLine{At: e.At, Kind: e.Alarm.String(), From: e.Host}, &e}
	j.mu.Lock()
	defer j.mu.Unlock()
	to := &j.others
	if r, ok := e.Details.(cucm.Report); ok {
		if k.From = r.Device; r.Status == cucm.ITLMatch {
			k.Match, to = "match", &j.matches
		} else if r.Status == cucm.ITLMismatch {
			k.Match, to = "mismatch", &j.mismatches
		}
		if i, known := j.index[r.Device]; known {
			j.hold(i, r.ITL)
		}
	}
	j.add(to, k)
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

// note enters an act, or what could not be done, by its kind.
func (j *journal) note(kind, text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.add(&j.notes, kept{LogLine{At: j.now(), Kind: kind, Text: text}, nil})
}

// add numbers a line and keeps it. The caller holds the lock.
func (j *journal) add(to *[]kept, l kept) {
	j.count++
	l.Seq = j.count
	if len(*to) == 2*linesKept { // seldom, so that a line costs little
		*to = append((*to)[:0], (*to)[linesKept:]...)
	}
	*to = append(*to, l)
}

// since gives the lines that are newer than so many, and how many there are now.
// Lines that come faster than they can be told are left out, the oldest first.
func (j *journal) since(seen uint64) ([]LogLine, uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.count == seen {
		return nil, seen
	}
	most := linesTold
	if seen == 0 {
		most = linesKept
	}
	var newer []LogLine
	for _, all := range [][]kept{j.notes, j.others, j.matches, j.mismatches} {
		from := len(all)
		for from > 0 && all[from-1].Seq > seen && len(all)-from < most {
			from--
		}
		for _, k := range all[from:] {
			newer = append(newer, k.told())
		}
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
