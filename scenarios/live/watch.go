package live

import (
	"time"

	"itlsim/lab/trust"
)

// An Update is what who watches is told: only what changed since the last one. The first of
// each lab has everything.
type Update struct {
	Lab string `json:"lab,omitempty"` // on the first alone; another one where the lab was replaced
	// Cells are all phones, a digit to the base of 32 each: the trust state (none, trusted,
	// locked, untrusted), and added to that 4 where the phone is on, 8 where it boots, 16 where
	// it waits for its turn to. Changed are those that changed: index, cell, index, cell, ….
	Cells   string `json:"cells,omitempty"`
	Changed []int  `json:"changed,omitempty"`
	// Held are the IDs of the groups of Trust that the phones are in, which hold the same lists;
	// HeldChanged are those that changed: index, ID, index, ID, ….
	Held        []int32        `json:"held,omitempty"`
	HeldChanged []int          `json:"held_changed,omitempty"`
	Trust       *trust.Picture `json:"trust,omitempty"`
	Clock       *Clock         `json:"clock,omitempty"`
	Busy        *string        `json:"busy,omitempty"` // what is under way, "" for nothing
	Cluster     *Cluster       `json:"cluster,omitempty"`
	Log         []LogLine      `json:"log,omitempty"`
	Samples     []Sample       `json:"samples,omitempty"`
	Moments     []Moment       `json:"moments,omitempty"`
	Consoles    []*Screen      `json:"consoles,omitempty"`
	Tour        *TourState     `json:"tour,omitempty"`
}

// Clock is a lab's time, as who watches goes on from it.
type Clock struct {
	Now  time.Time `json:"now"`  // of the nodes: `set date` moves it
	AtS  float64   `json:"at_s"` // scenario seconds since the start
	Rate float64   `json:"rate"` // scenario seconds a second of the wall clock
}

// Clock reads the lab's time.
func (l *Lab) Clock() Clock { return Clock{l.nodesTime(), l.Elapsed().Seconds(), l.Rate()} }

// A Watch is how far somebody has been told of a lab.
type Watch struct {
	lab      *Lab // nil: it has been told nothing
	wall     uint64
	held     uint64
	trust    uint64
	cluster  uint64
	journal  uint64
	samples  uint64
	moments  int
	tour     uint64
	consoles []consoleCursor
	busy     string
	clock    time.Time // by the wall clock, when it was told last
}

// News collects what is newer than the last time, and nil where nothing is; all where the last
// time it was of another lab.
func (w *Watch) News(l *Lab) *Update {
	u := &Update{}
	news := false
	if l != w.lab {
		*w = Watch{lab: l, consoles: make([]consoleCursor, len(l.consoles))}
		u.Lab, news = l.Events.Begun, true
		u.Cells, w.wall = l.wall.snapshot()
	} else {
		u.Cells, u.Changed, w.wall = l.wall.since(w.wall)
	}
	l.trustSince(w, u)
	u.Cluster, w.cluster = l.clusterSince(w.cluster)
	u.Log, w.journal = l.journal.since(w.journal)
	u.Samples, w.samples = l.samples.since(w.samples)
	u.Moments, w.moments = l.moments.since(w.moments)
	for i, c := range l.consoles {
		var s *Screen
		if s, w.consoles[i] = c.since(w.consoles[i]); s != nil {
			u.Consoles = append(u.Consoles, s)
		}
	}
	if t := l.Tour(); t != nil {
		t.isWatched()
		u.Tour, w.tour = t.since(w.tour)
	}
	if now := l.Doing(); now != w.busy {
		u.Busy, w.busy = &now, now
	}
	if now := time.Now(); now.Sub(w.clock) >= samplingEvery {
		clock := l.Clock()
		u.Clock, w.clock = &clock, now
	}
	news = news || u.Cells != "" || u.Changed != nil || u.HeldChanged != nil || u.Held != nil ||
		u.Trust != nil || u.Cluster != nil || u.Log != nil || u.Samples != nil ||
		len(u.Moments) > 0 || u.Consoles != nil || u.Tour != nil || u.Busy != nil || u.Clock != nil
	if !news {
		return nil
	}
	return u
}
