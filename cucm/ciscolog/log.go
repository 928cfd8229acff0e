package ciscolog

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
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
	entries    []kept            // the oldest first
	file       *os.File
}

// kept is an entry, or its line once that is written.
type kept struct {
	line string
	Entry
}

func (k *kept) text() string {
	if k.Alarm == 0 {
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

// Open keeps a log in a file, and goes on where the file ends.
func Open(path string, to *Collectors) (*Log, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	l := &Log{collectors: to, file: f}
	if err := l.read(); err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

// read takes up what the file holds, and goes on counting where it ends. The last
// line may have been cut by a kill, and is dropped then.
func (l *Log) read() error {
	l.next = make(map[string]uint32)
	var whole int64 // up to where lines are whole
	for r := bufio.NewReader(l.file); ; {
		line, err := r.ReadBytes('\n')
		if err != nil {
			break
		}
		whole += int64(len(line))
		text := string(bytes.TrimRight(line, "\n"))
		l.keep(kept{line: text})
		if process, sequence, ok := numbered(text); ok {
			l.next[process] = sequence + 1
		}
	}
	if err := l.file.Truncate(whole); err != nil {
		return err
	}
	_, err := l.file.Seek(whole, io.SeekStart)
	return err
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
	k := kept{Entry: e}
	// Tags may be of any length, and made by anybody: the log keeps no more of them
	// than their line shows.
	if _, tags := d.(Tags); tags || l.file != nil || l.collectors != nil && !l.collectors.none() {
		k = kept{line: e.String()}
		if l.file != nil {
			_, _ = l.file.WriteString(k.line + "\n") // a full disk must not stop the cluster
		}
		if l.collectors != nil {
			l.collectors.send(catalogue[a].severity, e.Message())
		}
	}
	l.keep(k)
	return e
}

func (l *Log) keep(k kept) {
	if l.entries = append(l.entries, k); len(l.entries) >= 2*Kept {
		l.entries = slices.Delete(l.entries, 0, Kept)
	}
}

// Lines are the entries at hand, the oldest first.
func (l *Log) Lines() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	lines := make([]string, len(l.entries))
	for i := range l.entries {
		lines[i] = l.entries[i].text()
	}
	return lines
}

// Close lets go of the log's file. Entries after that are kept in memory only.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.file == nil {
		return nil
	}
	file := l.file
	l.file = nil
	return file.Close()
}
