package cucm

import "time"

// Guard tells which certificate of the node was modified within the last five
// minutes, and until when it keeps the others from being regenerated (M13). The
// unit is "" where nothing does.
func (n *Node) Guard() (modified Unit, until time.Time) {
	now := n.cluster.Now()
	for _, u := range Units {
		at := n.Certificate(u).Modified
		if end := at.Add(guard); !at.IsZero() && now.Before(end) && end.After(until) {
			modified, until = u, end
		}
	}
	return modified, until
}
