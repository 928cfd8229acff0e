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
	patience time.Duration // for which a silent client keeps its place
	timeout  time.Duration
	retries  int
	load     []int // transfers at each of the ports for them
	last     int   // of these the one that was chosen last

	byEnds  map[ends]*transfer
	places  places
	ready   []*transfer // see next
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
	phase  phase
	host   *host
	placed bool
	at     int // among the silent ones, counted from 1

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
	sending              // due is when the client has been silent for too long
	late                 // as held, after a silence
	over
)

func (t *transfer) dueAt() time.Duration { return t.due }

// firstRepeats is how often an OACK is sent again before the client has acknowledged it.
// A first block is not: it is up to 26 times as long as the request. Who asks in
// another's name can have no more than that sent there; a client that is there asks
// again, and is answered each time.
const firstRepeats = 1

func newServing(cfg ServerConfig, ports int) *serving {
	return &serving{
		patience: min(placeFor, cfg.Timeout), timeout: cfg.Timeout, retries: cfg.Retries,
		load: make([]int, ports), byEnds: make(map[ends]*transfer), places: newPlaces(cfg.MaxTransfers),
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
	if siblings >= len(s.load) {
		return 0, to
	}
	t := &transfer{ends: e, port: none, asked: asked, question: q, due: now + heldFor, host: s.places.host(e.client.ip)}
	atOnce := s.places.has(t.host) && t.host.waits() == 0
	if !atOnce && !s.places.hold(t) {
		s.stats.Dropped++ // an ERROR would tell a phone that there is no such file
		s.places.release(t.host)
		return 0, to
	}
	t.sibling = s.byEnds[e]
	s.byEnds[e] = t
	if atOnce {
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
// its last transfer where it can be helped: ports are taken in turn, but no more of them
// than are needed, as the more transfers share one the more of their datagrams are read
// and sent at once.
func (s *serving) choose(e ends) (port int, ok bool) {
	room := (s.places.max + len(s.load) - 1) / len(s.load)
	few := min(int(s.stats.Running)/room+2, len(s.load)) // two with room
	for _, ports := range [...]int{few, len(s.load)} {
		for range ports {
			s.last = (s.last + 1) % ports
			if s.load[s.last] < room && s.find(e, s.last) == nil {
				return s.last, true
			}
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
	t.phase = reading
	s.settle(t)
}

// settle gives a transfer its place.
func (s *serving) settle(t *transfer) {
	s.places.take(t, true)
	s.load[t.port]++
	s.ready = append(s.ready, t)
	s.stats.Running++
	s.stats.Peak = max(s.stats.Peak, s.stats.Running)
	if s.places.used == s.places.max {
		s.stats.Full++
	}
}

// unsettle takes it away, if it has one.
func (s *serving) unsettle(t *transfer) {
	if t.placed {
		s.places.take(t, false)
		s.load[t.port]--
		s.stats.Running--
	}
}

// next is a transfer that has its place now; nil if there is none. If it is reading, its
// file is to be read and given to loaded; else it is to send on.
func (s *serving) next() *transfer {
	for len(s.ready) > 0 {
		t := s.ready[0]
		s.ready = s.ready[1:]
		if t.phase == reading || t.phase == sending {
			return t
		}
	}
	return nil
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
	t.due = now + s.patience
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
	case t == nil || t.phase != sending && t.phase != late:
		if op == opERROR || len(p) < headerSize { // the first is never answered
			return to
		}
		return refusedStranger.append(to)
	case op == opERROR:
		s.stats.Failed++
		s.end(now, t)
		return to
	case op != opACK:
		return to
	case t.phase == late:
		t.due = now + heldFor
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
	if !t.placed && !s.places.resume(t) {
		return to // as if it were lost
	}
	t.block++
	if !t.placed {
		t.phase, t.due = late, now+heldFor
		s.serve(now)
		return to
	}
	t.due = now + s.patience
	return s.send(t, to)
}

// expire sends again what was not acknowledged in time. Each packet goes out from the
// transfer's port.
func (s *serving) expire(now time.Duration, emit func(t *transfer, p []byte)) {
	s.wheel.expire(now, func(t *transfer) {
		switch {
		case t.placed:
			t.due += s.timeout - s.patience
			s.wheel.add(t)
			s.lapse(now, t)
			return
		case t.phase == late || s.hasty || t.repeats >= s.retries:
			s.stats.Failed++
			s.end(now, t)
			return
		}
		t.repeats++
		t.due = now + s.timeout
		s.wheel.add(t)
		if t.acked || t.block == 0 && t.repeats <= firstRepeats {
			s.stats.Retransmits++
			emit(t, s.send(t, nil))
		}
	})
}

// lapse takes the place of a transfer whose client has been silent.
func (s *serving) lapse(now time.Duration, t *transfer) {
	s.unsettle(t)
	s.places.remember(t, true)
	if one := s.places.excess(); one != nil {
		s.stats.Failed++
		s.stats.Dropped++
		s.forget(one)
	}
	s.serve(now)
}

// end forgets a transfer, and lets what waits have its place.
func (s *serving) end(now time.Duration, t *transfer) {
	s.forget(t)
	s.serve(now)
}

// serve gives places to what waits.
func (s *serving) serve(now time.Duration) {
	for t := s.places.next(); t != nil; t = s.places.next() {
		switch {
		case t.phase == late:
			t.phase, t.due = sending, now+s.patience
			s.settle(t)
		case t.phase == over:
			s.places.release(t.host)
		case t.due < now || s.closing:
			s.forget(t)
		default:
			s.start(t)
		}
	}
}

// idle tells whether no transfer is under way.
func (s *serving) idle() bool { return s.places.used+len(s.places.silent)+s.places.late == 0 }

func (s *serving) forget(t *transfer) {
	s.unsettle(t)
	s.places.remember(t, false)
	s.places.release(t.host)
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
			if t.phase == sending || t.phase == late {
				if t.acked {
					emit(t, refusedClosing.append(nil))
				}
				s.stats.Failed++
				s.end(now, t)
			}
		}
	}
}
