package ciscolog

import (
	"slices"
	"strings"
)

// A Count is how many lines of a log have a text: those of what the cluster did or noticed of
// its own accord, which is the same whoever its phones are, and those that came of phones.
type Count struct{ Own, OfPhones Lines }

// Lines are lines of a log.
type Lines struct{ With, All uint64 } // With a text, of All

// Watch has the log count lines that have a text, so that [Log.Count] knows of those of
// entries, too, that it keeps no more.
func (l *Log) Watch(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watched == nil {
		l.watched = make(map[string]*Count)
	}
	if l.watched[text] == nil {
		l.watched[text] = &Count{}
	}
}

// Count counts the lines that have a text: of the entries at hand, and of all since the text
// is watched ([Log.Watch]).
func (l *Log) Count(text string) (c Count) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if watched := l.watched[text]; watched != nil {
		c = *watched
	}
	for i := range l.entries {
		c.add(&l.entries[i], l.entries[i].Line(), text)
	}
	return c
}

// giveUp forgets the oldest entries. The caller holds the lock.
func (l *Log) giveUp(n int) {
	for i := range l.entries[:n] {
		if len(l.watched) == 0 {
			break
		}
		line := l.entries[i].Line()
		for text, c := range l.watched {
			c.add(&l.entries[i], line, text)
		}
	}
	l.entries = slices.Delete(l.entries, 0, n)
}

func (c *Count) add(k *Logged, line, text string) {
	lines := &c.Own
	if k.ofPhones() {
		lines = &c.OfPhones
	}
	lines.All++
	if strings.Contains(line, text) {
		lines.With++
	}
}

// ofPhones reports whether an entry came of what phones did: the processes that serve them
// enter nothing else.
func (k *Logged) ofPhones() bool {
	process := catalogue[k.Alarm].appID
	if k.Alarm == 0 { // a line of a file
		process, _, _ = numbered(k.line)
	}
	return process == callManager || process == tftpService
}
