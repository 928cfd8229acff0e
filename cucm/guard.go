package cucm

import "time"

// guard is how long a node refuses to regenerate another certificate after one
// (M13): phones need the time to fetch the list between.
const guard = 5 * time.Minute

// guards reports whether a certificate's modification keeps others of its node
// from being regenerated now, and until when. One of the future does not: the
// clock was set back.
func (c *Certificate) guards(now time.Time) (until time.Time, yes bool) {
	age := now.Sub(c.Modified)
	return c.Modified.Add(guard), age >= 0 && age < guard
}

// guarded refuses to regenerate a certificate while another one guards it.
func (n *nodeState) guarded(unit Unit, now time.Time) error {
	for _, other := range Units {
		if _, yes := n.certs[other].guards(now); yes && other != unit {
			return &GuardError{Modified: other, Wanted: unit}
		}
	}
	return nil
}

// Guarded reports whether the five-minute guard forbids a regeneration now: nil
// or a [*GuardError].
func (n *Node) Guarded(unit Unit) error {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	return n.guarded(unit, n.cluster.Now())
}

// Guard names the certificate of the node whose modification keeps others from
// being regenerated for the longest, and until when (M13). The unit is "" where
// none does.
func (n *Node) Guard() (modified Unit, until time.Time) {
	n.cluster.mu.RLock()
	defer n.cluster.mu.RUnlock()
	for _, u := range Units {
		if end, yes := n.certs[u].guards(n.cluster.Now()); yes && end.After(until) {
			modified, until = u, end
		}
	}
	return modified, until
}
