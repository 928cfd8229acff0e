package virtual

// kind of an event.
type kind uint8

const (
	deliver   kind = iota // an event reaches a phone
	arrive                // a request reaches a TFTP service
	done                  // a transfer has ended; its answer reaches the phone
	ask                   // a phone has reached a TVS
	registrar             // a phone has reached a call manager
	directory             // a phone has reached an HTTPS service
)

// event of the queue. n, given in the order in which events are made, decides
// between events of the same time.
type event struct {
	at    int64 // nanoseconds since the beginning
	n     uint64
	what  any // phone.Event, or the action that is carried out
	phone uint32
	kind  kind
	node  uint8
}

func (e *event) before(o *event) bool { return e.at < o.at || e.at == o.at && e.n < o.n }

// queue is a heap with four children to a node: half the depth of a binary
// one, and the four stand together in memory.
type queue struct {
	events []event
	n      uint64
}

func (q *queue) push(e event) {
	q.n++
	e.n = q.n
	h := append(q.events, e)
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(&h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = e
	q.events = h
}

func (q *queue) pop() event {
	h := q.events
	top, last := h[0], h[len(h)-1]
	h[len(h)-1] = event{}
	h = h[:len(h)-1]
	q.events = h
	if len(h) == 0 {
		return top
	}
	i := 0
	for {
		least := 4*i + 1
		if least >= len(h) {
			break
		}
		for c := least + 1; c < min(4*i+5, len(h)); c++ {
			if h[c].before(&h[least]) {
				least = c
			}
		}
		if !h[least].before(&last) {
			break
		}
		h[i] = h[least]
		i = least
	}
	h[i] = last
	return top
}
