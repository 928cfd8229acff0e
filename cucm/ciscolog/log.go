package ciscolog

import (
	"slices"
	"sync"
	"time"
)

// File is a node's log as the command `file` names it.
const File = "syslog/CiscoSyslog"

// Kept is how many entries a log keeps at hand, or up to twice as many.
const Kept = 10_000

// A Log is the application log of one node. It is safe for concurrent use.
type Log struct {
	collectors *Collectors // nil: none

	mu         sync.Mutex
	host, fqdn string
	next       map[string]uint32 // sequence number, by process
	entries    []Logged          // the oldest first
	entered    uint64            // of them so far, those that were given up included
	changed    time.Time         // when the last was entered; zero: none was since it was opened
	file       *file             // nil: none
	watched    map[string]*Count // of entries that were given up, by text
}

// A Logged is an entry that a log keeps. Once its line is written, details that may be of any
// size are left out of it.
type Logged struct {
	Entry
	Number uint64 // of the entry among all that the log has had, from 1
	line   string // "": not written yet, unless there is no alarm, but a line of a file
}

// Line is the entry's line in the file ([Entry.String]).
func (k *Logged) Line() string {
	if k.line != "" || k.Alarm == 0 {
		return k.line
	}
	return k.String()
}

// New makes a log that keeps its entries in memory, and sends them to
// collectors.
func New(to *Collectors) *Log { return &Log{collectors: to} }

// Ended notes that processes ended: when they come back, they count their entries from
// 0 again. A process is called as in the tag AppID; where none is named, all ended.
func (l *Log) Ended(processes ...string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(processes) == 0 {
		clear(l.next)
	}
	for _, p := range processes {
		delete(l.next, p)
	}
}

// number takes the next sequence number of a process. The caller holds the lock.
func (l *Log) number(process string) uint32 {
	if l.next == nil {
		l.next = make(map[string]uint32)
	}
	n := l.next[process]
	l.next[process] = n + 1
	return n
}

// Open keeps a log in files, see [MaxFile], and goes on where they end.
func Open(path string, to *Collectors) (*Log, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	l := &Log{collectors: to, file: f, next: make(map[string]uint32)}
	lines, err := f.last(Kept)
	if err != nil {
		f.close()
		return nil, err
	}
	for _, line := range lines {
		l.keep(Logged{line: line})
		if process, sequence, ok := numbered(line); ok {
			l.next[process] = sequence + 1
		}
	}
	return l, nil
}

// SetHost sets the names of the node that entries bear from now on.
func (l *Log) SetHost(host, fqdn string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.host, l.fqdn = host, fqdn
}

// Raise enters an alarm, and gives its entry.
func (l *Log) Raise(a Alarm, at time.Time, d Details) Entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := Entry{Alarm: a, At: at, Details: d, Sequence: l.number(catalogue[a].appID), Host: l.host, FQDN: l.fqdn}
	k := Logged{Entry: e}
	// Tags may be of any length, and made by anybody: the log keeps no more of them
	// than their line shows.
	if _, tags := d.(Tags); tags || l.file != nil || l.collectors != nil && !l.collectors.none() {
		if k.line = e.String(); tags {
			k.Details = nil
		}
		if l.file != nil {
			l.file.write(k.line)
		}
		if l.collectors != nil {
			l.collectors.send(catalogue[a].severity, e.Message())
		}
	}
	l.keep(k)
	l.changed = at
	return e
}

func (l *Log) keep(k Logged) {
	l.entered++
	k.Number = l.entered
	if l.entries = append(l.entries, k); len(l.entries) >= 2*Kept {
		l.giveUp(Kept)
	}
}

// Lines are the entries at hand, the oldest first.
func (l *Log) Lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.lines()
}

// lines are Lines for who has the lock.
func (l *Log) lines() []string {
	lines := make([]string, len(l.entries))
	for i := range l.entries {
		lines[i] = l.entries[i].Line()
	}
	return lines
}

// Last are the newest entries at hand, so many at most, the oldest first: of one alarm,
// where that is not zero. Those of an earlier process, of which only lines are left, are not
// among them.
func (l *Log) Last(most int, of Alarm) (last []Logged) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, k := range slices.Backward(l.entries) {
		if len(last) == most {
			break
		}
		if k.is(of) {
			last = append(last, k)
		}
	}
	slices.Reverse(last)
	return last
}

// After are the entries at hand that came after the one with a number (0: from the beginning),
// so many at most, the oldest first, and otherwise those that [Log.Last] gives. It reports
// whether the log has had an entry with that number.
func (l *Log) After(number uint64, most int, of Alarm) (next []Logged, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if number > l.entered {
		return nil, false
	}
	behind := min(l.entered-number, uint64(len(l.entries)))
	for _, k := range l.entries[uint64(len(l.entries))-behind:] {
		if len(next) == most {
			break
		}
		if k.is(of) {
			next = append(next, k)
		}
	}
	return next, true
}

// is reports whether an entry is of this process, and of an alarm where that is not zero.
func (k *Logged) is(of Alarm) bool { return k.Alarm != 0 && (of == 0 || k.Alarm == of) }

// Close lets go of the log's files. Entries after that are kept in memory only.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	file := l.file
	l.file = nil
	return file.close()
}
