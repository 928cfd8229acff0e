package tftp

import (
	"errors"
	"time"
)

// An end is one end of a transfer: an IPv4 address and its TID, a UDP port.
type end struct {
	ip   [4]byte
	port uint16
}

// A serving is a server without sockets and clock: it is given datagrams, files and
// times, and gives datagrams. To any datagram there is at most one answer, as to any
// time-out; it is appended to a buffer that the caller lends, and empty where there is
// none. It is not safe for concurrent use.
type serving struct {
	max     int // transfers
	timeout time.Duration
	retries int
	load    []int // transfers at each of the ports for them
	last    int   // of these the one that was chosen last

	byEnds  map[ends]*transfer
	held    waiting     // requests at the limit
	unread  []*transfer // whose file is to be read
	wheel   wheel[*transfer]
	hasty   bool // no block is sent again
	closing bool // no request is taken
	stopped bool // nor any transfer begun
	stats   ServerStats
}

// ends are a client's, and the server's address that it asked. A client may have
// several transfers with it, each with another port of the server's.
type ends struct {
	client end
	server [4]byte
}

// A transfer is a file on its way to a client.
type transfer struct {
	ends
	port    int       // which of the server's it comes from, or none yet
	sibling *transfer // of the same ends, from another port
	asked   string    // the request as it came
	question
	phase phase

	file    []byte
	oack    []byte // block 0, where options were accepted
	blksize int
	block   int           // under way
	acked   bool          // the client is there
	repeats int           // of this block
	due     time.Duration // until then it is acknowledged
}

const none = -1

type phase uint8

const (
	held    phase = iota // at the limit; due is when its client has given up
	reading              // the file has been asked for
	sending
	over
)

func (t *transfer) dueAt() time.Duration { return t.due }

// firstRepeats is how often the first packet of a transfer is sent again before the
// client has acknowledged anything. Who asks in another's name can have no more than
// that sent there; a client that is there asks again, and is answered each time.
const firstRepeats = 1

func newServing(cfg ServerConfig, ports int) *serving {
	return &serving{
		max: cfg.MaxTransfers, timeout: cfg.Timeout, retries: cfg.Retries,
		load: make([]int, ports), byEnds: make(map[ends]*transfer),
		held: waiting{max: maxHeld, lines: make(map[[4]byte]*line)},
	}
}

// request takes what came to the port for requests. The answer goes out from the port
// of that number.
func (s *serving) request(now time.Duration, e ends, p, to []byte) (port int, answer []byte) {
	asked := string(p)
	q, ok := parseQuestion(asked)
	switch {
	case s.closing:
		return 0, to
	case !ok:
		s.stats.Refused++
		return 0, to
	case q.op == opWRQ:
		s.stats.Refused++
		return 0, refusedWrite.append(to)
	case q.mode != "octet" && q.mode != "netascii":
		s.stats.Refused++
		return 0, refusedMode.append(to)
	}
	siblings := 0
	for t := s.byEnds[e]; t != nil; t = t.sibling {
		if t.asked == asked && (!t.acked || t.repeats == 0) {
			return max(t.port, 0), s.again(now, t, to)
		}
		siblings++
	}
	t := &transfer{ends: e, port: none, asked: asked, question: q, due: now + heldFor}
	full := s.stats.Running >= uint64(s.max)
	if siblings >= len(s.load) || full && !s.held.add(t) {
		return 0, to // dropped: an ERROR would tell a phone that there is no such file
	}
	t.sibling = s.byEnds[e]
	s.byEnds[e] = t
	if !full {
		s.start(t)
	}
	return 0, to
}

// again answers a request that has come before. One that comes while its client
// acknowledges blocks has been overtaken; if the client has fallen silent, it has begun
// anew.
func (s *serving) again(now time.Duration, t *transfer, to []byte) []byte {
	switch {
	case t.phase == held:
		t.due = now + heldFor
	case t.phase == sending && !t.acked:
		s.stats.Retransmits++
		return s.send(t, to)
	}
	return to
}

// choose is a port with room from which the client gets nothing yet, and not that of
// its last transfer where it can be helped: the ports are taken in turn.
func (s *serving) choose(e ends) (port int, ok bool) {
	room := (s.max + len(s.load) - 1) / len(s.load)
	for range s.load {
		s.last = (s.last + 1) % len(s.load)
		if s.load[s.last] < room && s.find(e, s.last) == nil {
			return s.last, true
		}
	}
	return none, false
}

func (s *serving) find(e ends, port int) *transfer {
	t := s.byEnds[e]
	for t != nil && t.port != port {
		t = t.sibling
	}
	return t
}

// start has a transfer's file read. A client that has all ports with room in use asks
// in vain.
func (s *serving) start(t *transfer) {
	var ok bool
	if t.port, ok = s.choose(t.ends); !ok {
		s.forget(t)
		return
	}
	s.load[t.port]++
	t.phase = reading
	s.unread = append(s.unread, t)
	s.stats.Running++
	s.stats.Peak = max(s.stats.Peak, s.stats.Running)
	if s.stats.Running == uint64(s.max) {
		s.stats.Full++
	}
}

// next is a transfer whose file is to be read and given to loaded; nil if there is
// none.
func (s *serving) next() *transfer {
	if len(s.unread) == 0 {
		return nil
	}
	t := s.unread[0]
	s.unread = s.unread[1:]
	return t
}

// loaded begins to send a file, or says why there is none.
func (s *serving) loaded(now time.Duration, t *transfer, file []byte, err error, to []byte) []byte {
	if s.stopped {
		s.stats.Failed++
		s.end(now, t)
		return refusedClosing.append(to)
	}
	if err != nil {
		s.end(now, t)
		if errors.Is(err, ErrNotFound) {
			s.stats.NotFound++
			return refusedMissing.append(to)
		}
		s.stats.Failed++
		return refusedReading.append(to)
	}
	if t.file = file; t.mode == "netascii" {
		t.file = netascii(file)
	}
	t.phase = sending
	t.blksize, t.oack = t.accept(len(t.file))
	if t.oack == nil {
		t.block = 1
	}
	t.due = now + s.timeout
	s.wheel.add(t)
	return s.send(t, to)
}

// send appends the block that is under way.
func (s *serving) send(t *transfer, to []byte) []byte {
	s.stats.Datagrams++
	if t.block == 0 {
		return append(to, t.oack...)
	}
	from := (t.block - 1) * t.blksize
	return append(appendHeader(to, opDATA, uint16(t.block)), t.file[from:min(from+t.blksize, len(t.file))]...)
}

// receive takes what came to one of the ports for transfers, from which the answer
// goes out.
func (s *serving) receive(now time.Duration, port int, e ends, p, to []byte) []byte {
	t := s.find(e, port)
	op := opcode(p)
	switch {
	case t == nil || t.phase != sending:
		if op == opERROR { // is never answered
			return to
		}
		return refusedStranger.append(to)
	case op == opERROR:
		s.stats.Failed++
		s.end(now, t)
		return to
	case op != opACK:
		return to
	}
	n, ok := number(p)
	if !ok || n != uint16(t.block) {
		return to // a copy is not answered: that would double all that follows (RFC 1123, 4.2.3.1)
	}
	t.acked, t.repeats = true, 0
	if t.block > 0 && t.block*t.blksize > len(t.file) {
		s.stats.Files++
		s.stats.Bytes += uint64(len(t.file))
		s.end(now, t)
		return to
	}
	t.block++
	t.due = now + s.timeout
	return s.send(t, to)
}

// expire sends again what was not acknowledged in time. Each packet goes out from the
// transfer's port.
func (s *serving) expire(now time.Duration, emit func(t *transfer, p []byte)) {
	s.wheel.expire(now, func(t *transfer) {
		if s.hasty || t.repeats >= s.retries {
			s.stats.Failed++
			s.end(now, t)
			return
		}
		t.repeats++
		t.due = now + s.timeout
		s.wheel.add(t)
		if t.acked || t.repeats <= firstRepeats {
			s.stats.Retransmits++
			emit(t, s.send(t, nil))
		}
	})
}

// end forgets a transfer, and lets a request that waits have its place.
func (s *serving) end(now time.Duration, t *transfer) {
	s.forget(t)
	s.stats.Running--
	for s.stats.Running < uint64(s.max) {
		next := s.held.take()
		if next == nil {
			return
		}
		if next.due < now || s.closing {
			s.forget(next)
			continue
		}
		s.start(next)
	}
}

func (s *serving) forget(t *transfer) {
	if t.port != none {
		s.load[t.port]--
	}
	t.phase, t.due, t.file = over, never, nil
	first := s.byEnds[t.ends]
	if first == t && t.sibling == nil {
		delete(s.byEnds, t.ends)
		return
	}
	if first == t {
		s.byEnds[t.ends] = t.sibling
		return
	}
	for first.sibling != t {
		first = first.sibling
	}
	first.sibling = t.sibling
}

// stop ends all transfers. Clients that are there are told.
func (s *serving) stop(now time.Duration, emit func(t *transfer, p []byte)) {
	s.closing, s.stopped = true, true
	for _, t := range s.byEnds {
		for ; t != nil; t = t.sibling {
			if t.phase == sending {
				if t.acked {
					emit(t, refusedClosing.append(nil))
				}
				s.stats.Failed++
				s.end(now, t)
			}
		}
	}
}
