package cucm

import (
	"io"
	"maps"
	"net/netip"
	"slices"
	"time"

	"itlsim/cucm/ciscolog"
)

// A draft is a copy of a cluster's state that a change works on. It comes into
// force at once, on all nodes and on disk, when the change has succeeded; until
// then nothing has changed anywhere.
type draft struct {
	state
	nodes  []nodeState  // the publisher first
	off    []bool       // nodes that no change reached when the draft was made: without power, or cut off
	before []*draft     // how all was for a node that is cut off, see [Node.Part]; nil: it is not
	hosts  []netip.Addr // the nodes' addresses then; zero where nothing listens
	raised []occurrence // logged when the draft comes into force
	means  means
}

// means are what a change needs besides the state.
type means struct {
	keys   KeySource
	random io.Reader
	now    func() time.Time // the cluster's
}

// An occurrence is an alarm that a node raises at a time.
type occurrence struct {
	node    int // index
	alarm   ciscolog.Alarm
	at      time.Time
	details ciscolog.Details
}

// clone is a draft of its own, which has raised nothing.
func (d *draft) clone() *draft {
	e := &draft{state: d.state, nodes: slices.Clone(d.nodes), off: d.off, before: d.before,
		hosts: d.hosts, means: d.means}
	e.store = slices.Clip(e.store)
	for i := range e.nodes {
		n := &e.nodes[i]
		n.certs, n.running, n.known = maps.Clone(n.certs), maps.Clone(n.running), maps.Clone(n.known)
		n.unread, n.requests = maps.Clone(n.unread), maps.Clone(n.requests)
		n.started = maps.Clone(n.started)
	}
	return e
}

// raise notes an alarm that a node raises.
func (d *draft) raise(node int, a ciscolog.Alarm) { d.raiseAt(d.means.now(), node, a) }

func (d *draft) raiseAt(at time.Time, node int, a ciscolog.Alarm, tags ...ciscolog.Tag) {
	d.raised = append(d.raised, occurrence{node, a, at, ciscolog.Tags(tags)})
}

// boots notes that all services of a node start together.
func (d *draft) boots(node int) {
	n := &d.nodes[node]
	n.booted, n.started = d.means.now(), nil
}

// starts notes that a service of a node starts by itself.
func (d *draft) starts(node int, s Service) {
	n := &d.nodes[node]
	n.running[s] = true
	if n.started == nil {
		n.started = make(map[Service]time.Time)
	}
	n.started[s] = d.means.now()
}

// every is the index of each node.
func (d *draft) every() []int {
	all := make([]int, len(d.nodes))
	for i := range all {
		all[i] = i
	}
	return all
}
