package tftp

import "time"

const (
	// maxHeld is how many requests wait at the limit of transfers (this project's own
	// choice): a fleet that starts at once, and no more than some megabytes.
	maxHeld = 4096
	// heldFor is for how long after its last request a client is believed to wait: it
	// exceeds the five seconds after which common clients ask again.
	heldFor = 6 * time.Second
)

// A waiting holds requests until a transfer ends: a client's in the order in which
// they came, the clients' in turn, so that one that asks for much keeps nobody waiting
// who asks for little.
type waiting struct {
	max   int // beyond it none is held of a client that has its share of the places
	held  int
	lines map[[4]byte]*line
	turns []*line // the first is next
}

// A line is what one client waits for.
type line struct {
	client    [4]byte
	transfers []*transfer
}

// add holds a request, or tells that there is no place for it.
func (w *waiting) add(t *transfer) bool {
	l := w.lines[t.client.ip]
	if w.held >= w.max && (w.held >= 2*w.max || l != nil && len(l.transfers) >= w.max/len(w.lines)) {
		return false
	}
	if l == nil {
		l = &line{client: t.client.ip}
		w.lines[l.client] = l
		w.turns = append(w.turns, l)
	}
	l.transfers = append(l.transfers, t)
	w.held++
	return true
}

// take gives the request whose turn it is, nil if there is none.
func (w *waiting) take() *transfer {
	if w.held == 0 {
		return nil
	}
	l := w.turns[0]
	w.turns = w.turns[1:]
	t := l.transfers[0]
	if l.transfers = l.transfers[1:]; len(l.transfers) == 0 {
		delete(w.lines, l.client)
	} else {
		w.turns = append(w.turns, l)
	}
	w.held--
	return t
}
