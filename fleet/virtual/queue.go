package virtual

// op is what a task does when its time comes.
type op uint8

const (
	reachPhone       op = iota // an event reaches a phone
	endTransfer                // a transfer has ended: its answer reaches the phone
	reachFiles                 // a request reaches a TFTP service
	reachTVS                   // a phone has reached a TVS
	reachCallManager           // a phone has reached a call manager
	openPage                   // a phone has reached an HTTPS service
	readPage                   // it asks there for the page
)

// task is something that happens at a time.
type task struct {
	at    int64  // nanoseconds since the beginning
	seq   uint64 // in which order tasks were made: it decides between tasks of one time
	what  any    // a phone.Event, or the phone.Action that is carried out
	phone uint32
	op    op
	node  uint8
}

func (t *task) before(o *task) bool { return t.at < o.at || t.at == o.at && t.seq < o.seq }

// queue holds tasks until their time comes. It is a heap with four children to a
// node, half as deep as a binary one, and the four are neighbours in memory. The
// zero value is empty.
type queue struct {
	tasks []task // the next one first
	made  uint64
}

func (q *queue) empty() bool { return len(q.tasks) == 0 }

// next is the task that pop takes; the queue must not be empty.
func (q *queue) next() *task { return &q.tasks[0] }

func (q *queue) push(t task) {
	q.made++
	t.seq = q.made
	h := append(q.tasks, t)
	i := len(h) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !t.before(&h[parent]) {
			break
		}
		h[i] = h[parent]
		i = parent
	}
	h[i] = t
	q.tasks = h
}

func (q *queue) pop() task {
	h := q.tasks
	top, last := h[0], h[len(h)-1]
	h[len(h)-1] = task{}
	h = h[:len(h)-1]
	q.tasks = h
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
