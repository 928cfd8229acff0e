package live

import "time"

// An Update is what who watches is told: only what changed since the last one.
type Update struct {
	World   int          `json:"world,omitempty"` // on a page's first of each lab: all is new
	Phones  int          `json:"phones,omitempty"`
	Cells   string       `json:"cells,omitempty"`
	Changed []int        `json:"changed,omitempty"` // index, cell, index, cell, …
	Clock   *reading     `json:"clock,omitempty"`
	Cluster *clusterView `json:"cluster,omitempty"`
	Log     []logLine    `json:"log,omitempty"`
	Samples []sample     `json:"samples,omitempty"`
	Screens []*screen    `json:"screens,omitempty"`
	Tour    *tourState   `json:"tour,omitempty"`
}

// reading is the nodes' time and its rate, as the page goes on from them.
type reading struct {
	Now  int64   `json:"now"` // milliseconds since 1970
	Rate float64 `json:"rate"`
}

// A Watch is how far somebody has been told of a lab.
type Watch struct {
	lab      *Lab // nil: it has been told nothing
	wall     uint64
	cluster  uint64
	journal  uint64
	charts   uint64
	tour     uint64
	consoles []consoleCursor
	clock    time.Time
}

// News collects what is newer than the last time, and nil where nothing is; all where it was
// of another lab.
func (w *Watch) News(l *Lab) *Update {
	u := &Update{}
	news := false
	if l != w.lab {
		*w = Watch{lab: l, consoles: make([]consoleCursor, len(l.consoles))}
		u.Phones = len(l.phones)
		u.Cells, w.wall = l.wall.snapshot()
		news = true
	} else {
		u.Cells, u.Changed, w.wall = l.wall.since(w.wall)
	}
	u.Cluster, w.cluster = l.clusterSince(w.cluster)
	u.Log, w.journal = l.journal.since(w.journal)
	u.Samples, w.charts = l.charts.since(w.charts)
	for i, c := range l.consoles {
		var sc *screen
		if sc, w.consoles[i] = c.since(w.consoles[i]); sc != nil {
			u.Screens = append(u.Screens, sc)
		}
	}
	if l.tour != nil {
		u.Tour, w.tour = l.tour.since(w.tour)
	}
	if now := time.Now(); now.Sub(w.clock) >= samplingEvery {
		r := reading{l.nodesTime().UnixMilli(), l.Rate()}
		u.Clock, w.clock = &r, now
	}
	news = news || u.Cells != "" || u.Changed != nil || u.Cluster != nil || u.Log != nil ||
		u.Samples != nil || u.Screens != nil || u.Tour != nil || u.Clock != nil
	if !news {
		return nil
	}
	return u
}
