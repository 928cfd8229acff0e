package cucm

import (
	"strconv"
	"sync"
	"time"

	"itlsim/cucm/ciscolog"
)

// tellEvery is how often a log says that a table is full, at most, by the cluster's clock
// (this project's own choice): who fills it goes on trying.
const tellEvery = time.Minute

// A fullness is when the log last said so of a table. The zero value never did.
type fullness struct {
	mu   sync.Mutex
	told time.Time
}

// due reports whether it is to be said now, and takes it for said.
func (f *fullness) due(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.told.IsZero() && now.Sub(f.told) < tellEvery {
		return false
	}
	f.told = now
	return true
}

// full has a node's log say that a table is full, unless it has just done so, and how
// much there is room for.
func (p *Phones) full(f *fullness, node int, a ciscolog.Alarm, tag string, most int) {
	if f.due(p.clock()) {
		p.raise(occurrence{node, a, p.now(), ciscolog.Tags{{Name: tag, Value: strconv.Itoa(most)}}})
	}
}

// RequestsDropped has the node's log say that its TFTP service dropped requests, since
// it has so many transfers at a time, and many more wait.
func (n *Node) RequestsDropped(transfers int) {
	n.cluster.full(&n.requestsDropped, n.index, ciscolog.RequestsDropped, "MaximumServingCount", transfers)
}
