package demo

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"itlsim/cucm"
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
	// Match tells of a DeviceTLInfo whether the phone's list is one that a TFTP
	// node serves now: "match", "mismatch" or "".
	Match string `json:"match,omitempty"`
	Phone *int   `json:"phone,omitempty"` // its place on the wall
}

// entriesKept is how many entries of each kind are kept.
const entriesKept = 400

const deviceTLInfo = "DeviceTLInfo"

// journal keeps what the log panel shows: what the nodes log, and what was done
// on the page.
type journal struct {
	nodes []*cucm.Node
	now   func() time.Time // the nodes'
	index map[string]int   // of each phone on the wall

	mu      sync.Mutex
	pending []cucm.LogEntry // not looked at yet
	count   uint64
	// Apart, so that alarms, which come by the thousand, push out neither each
	// other's kind nor the rest.
	matches, mismatches, others []entry
	held                        map[string]string // checksum by the last DeviceTLInfo of each phone
	holds                       map[string]int    // phones by checksum
}

func newJournal() *journal {
	return &journal{index: make(map[string]int), held: make(map[string]string), holds: make(map[string]int)}
}

// logged takes what a node logs. The cluster's lock may be held: it is looked
// at later.
func (j *journal) logged(l cucm.LogEntry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.pending = append(j.pending, l)
}

// look enters what was logged. A DeviceTLInfo is a match where the TFTP node
// that the phone names serves the list it holds, as in CUCM's filter "ITL File
// Status" (M19).
func (j *journal) look() {
	servers, served := make(map[string]string), make(map[string]string)
	for _, n := range j.nodes {
		if list := n.ITL(); list != nil {
			sum := list.SHA1()
			servers[n.FQDN()], served[n.FQDN()] = n.Name(), fmt.Sprintf("%x", sum[:])
		}
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, l := range j.pending {
		e := entry{At: l.At.UnixMilli(), Alarm: l.Alarm, From: l.Host, Line: l.Text}
		if l.Alarm != deviceTLInfo {
			_, e.Text, _ = strings.Cut(l.Text, "-"+l.Alarm+": %") // as in %UC_TVS-6-ALARM: %[...]
			j.add(&j.others, e)
			continue
		}
		var sum, server string
		for _, p := range l.Params {
			switch p[0] {
			case "DeviceName":
				e.From = p[1]
			case "ITL_Signature":
				sum = checksum(p[1])
			case "ITL_TFTP_Server":
				server = p[1]
			}
		}
		if i, ok := j.index[e.From]; ok {
			e.Phone = &i
		}
		j.hold(e.From, sum)
		switch {
		case sum == "":
			e.Text = "no ITL installed"
			j.add(&j.others, e)
		case served[server] == sum:
			e.Match, e.Text = "match", "ITL "+sum[:8]+" is what "+servers[server]+" serves"
			j.add(&j.matches, e)
		default:
			e.Match, e.Text = "mismatch", "ITL "+sum[:8]+" is not what "+server+" serves"
			j.add(&j.mismatches, e)
		}
	}
	j.pending = nil
}

// checksum reads an alarm's spelling: "AB CD ... ", or "Not Installed".
func checksum(signature string) string {
	sum := strings.ToLower(strings.ReplaceAll(signature, " ", ""))
	if len(sum) != 40 {
		return ""
	}
	return sum
}

// hold notes which list a phone holds, "" for none. The caller holds the lock.
func (j *journal) hold(device, sum string) {
	if old, ok := j.held[device]; ok {
		if j.holds[old]--; j.holds[old] == 0 {
			delete(j.holds, old)
		}
		delete(j.held, device)
	}
	if sum != "" {
		j.held[device] = sum
		j.holds[sum]++
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
func (j *journal) holders() map[string]int {
	j.mu.Lock()
	defer j.mu.Unlock()
	m := make(map[string]int, len(j.holds))
	for sum, n := range j.holds {
		m[sum] = n
	}
	return m
}
