package tftp

import (
	"math/rand/v2"
	"time"
)

const (
	// maxHeld is how many requests wait at the limit of transfers (this project's own
	// choice): a fleet that starts at once, and no more than some megabytes.
	maxHeld = 4096
	// heldFor is for how long after its last word a client is believed to wait: it
	// exceeds the five seconds after which common clients ask again.
	heldFor = 6 * time.Second
	// placeFor is how long a client may be silent and keep its place (this project's own
	// choice): live ones answer within some milliseconds, on a busy machine within some
	// tens; and the time of half a thousand silent requests stays far below a phone's
	// patience, which is five seconds.
	placeFor = 250 * time.Millisecond
	// maxSilent is how many transfers without a place are remembered, so that a client
	// which was only late finds its own; and how many of those that found them wait for a
	// place again. A transfer takes half a kilobyte, and holds its file.
	maxSilent = 4096
)

// A host is what one address has of a server. It is forgotten when it has nothing.
type host struct {
	ip     [4]byte
	placed int         // transfers with a place
	silent int         // transfers that lost theirs
	late   []*transfer // that were silent, and wait for a place again, before the others
	held   []*transfer // requests that wait, in the order in which they came
}

// places are those of a server's transfers. A transfer has its place while its client
// answers. One that falls silent gives it up, and is remembered: when the client speaks
// again, it gets the next that is free.
//
// One address may have as many places as it leaves free. So however many requests come
// from a few, others find a place at once; and where there are no others, they have half
// of all. What waits has its turn by address, so that one that asks for much keeps
// nobody waiting who asks for little.
type places struct {
	max, used  int
	hosts      map[[4]byte]*host
	held, late int     // of all hosts
	turns      []*host // those where something waits; the first is next
	silent     []*transfer
}

func newPlaces(max int) places { return places{max: max, hosts: make(map[[4]byte]*host)} }

// host is that of an address.
func (p *places) host(ip [4]byte) *host {
	h := p.hosts[ip]
	if h == nil {
		h = &host{ip: ip}
		p.hosts[ip] = h
	}
	return h
}

func (h *host) waits() int { return len(h.late) + len(h.held) }

// release forgets a host that has nothing.
func (p *places) release(h *host) {
	if h.placed+h.silent+h.waits() == 0 {
		delete(p.hosts, h.ip)
	}
}

// has tells whether there is a place for a host now.
func (p *places) has(h *host) bool { return p.used < p.max && h.placed <= p.max-p.used }

// hold has a request wait, or tells that there is no room for it: at the limit there is
// for hosts that have less waiting than their share.
func (p *places) hold(t *transfer) bool {
	h := t.host
	if p.held >= maxHeld && (p.held >= 2*maxHeld || len(h.held) > 0 && len(h.held) >= maxHeld/len(p.turns)) {
		return false
	}
	p.wait(h)
	h.held = append(h.held, t)
	p.held++
	return true
}

// resume has a transfer wait whose client was late, or tells that there is no room.
func (p *places) resume(t *transfer) bool {
	if p.late >= maxSilent {
		return false
	}
	p.remember(t, false)
	p.wait(t.host)
	t.host.late = append(t.host.late, t)
	p.late++
	return true
}

// wait gives a host its turn, unless it has one already.
func (p *places) wait(h *host) {
	if h.waits() == 0 {
		p.turns = append(p.turns, h)
	}
}

// next is what may have a place now, nil if there is none.
func (p *places) next() *transfer {
	for tries := len(p.turns); tries > 0 && p.used < p.max; tries-- {
		h := p.turns[0]
		p.turns = p.turns[1:]
		if !p.has(h) {
			p.turns = append(p.turns, h)
			continue
		}
		from, waiting := &h.held, &p.held
		if len(h.late) > 0 {
			from, waiting = &h.late, &p.late
		}
		t := (*from)[0]
		*from = (*from)[1:]
		*waiting--
		if h.waits() > 0 {
			p.turns = append(p.turns, h)
		}
		return t
	}
	return nil
}

// take gives a transfer a place, or takes it from it.
func (p *places) take(t *transfer, place bool) {
	n := 1
	if !place {
		n = -1
	}
	t.placed = place
	t.host.placed += n
	p.used += n
}

// remember has a transfer among the silent ones, or no longer.
func (p *places) remember(t *transfer, silent bool) {
	switch {
	case silent == (t.at > 0):
	case silent:
		p.silent = append(p.silent, t)
		t.at = len(p.silent)
		t.host.silent++
	default:
		last := p.silent[len(p.silent)-1]
		p.silent[t.at-1], last.at = last, t.at
		p.silent = p.silent[:len(p.silent)-1]
		t.at = 0
		t.host.silent--
	}
}

// excess is a silent transfer that is one too many, nil where none is. It is one of two
// that chance picks: whose client never acknowledged anything, then whose address has
// more of them. So the few of an address outlast the many of another.
func (p *places) excess() *transfer {
	if len(p.silent) <= maxSilent {
		return nil
	}
	a, b := p.silent[rand.IntN(len(p.silent))], p.silent[rand.IntN(len(p.silent))]
	if a.acked && !b.acked || a.acked == b.acked && a.host.silent < b.host.silent {
		return b
	}
	return a
}
