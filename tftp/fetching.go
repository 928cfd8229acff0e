package tftp

import (
	"errors"
	"fmt"
	"os"
	"time"
)

// A fetching is what many clients are about, without sockets and clock, as [serving]
// is for servers: to any datagram there is at most one answer.
type fetching struct {
	byTID map[tid]*fetch
	load  []int // transfers under way at each port
	wheel wheel[*fetch]
}

// A tid is a client's end of a transfer, and the host at the other end. Of its ports
// the number counts.
type tid struct {
	local  [4]byte // 0.0.0.0: whatever the system chose
	port   int
	server [4]byte
}

// A fetch is a file on its way from a server.
type fetch struct {
	tid
	name    string
	asked   uint16 // the server's port for requests
	peer    uint16 // that for the transfer, once it is known
	max     int
	timeout time.Duration
	retries int
	resent  func() // counts what is sent again
	path    Path

	begun  time.Duration
	blocks int // received
	data   []byte
	sent   int  // how often the present packet was sent
	again  bool // a packet was sent again
	due    time.Duration
	over   bool
	err    error
	done   chan struct{} // closed when it is over
}

func (f *fetch) dueAt() time.Duration { return f.due }

const (
	// lingers is for how many of its time-outs a TID is kept when its transfer has
	// ended, six seconds of a phone's. The last block is acknowledged anew (RFC 1350, 6):
	// servers send it again after a second, some times. And what comes late is not taken
	// for a part of the next transfer.
	lingers = 12
	// fewPorts is beyond how many ports a TID is used again before that, where nothing comes
	// late that could be a part of the next transfer.
	fewPorts = 8
	// fetchesAPort is how many transfers share a socket. Each has one datagram under way
	// at most, and so many blocks fit into the smallest buffer that Linux gives a socket
	// by default: 212,992 bytes, of which the kernel counts 1,280 for a block, and may
	// count a quarter that has been read already.
	fetchesAPort = 96
)

// peerError is an ERROR packet; begun tells whether a block had come before.
type peerError struct {
	refusal
	begun bool
}

func (e *peerError) Error() string { return fmt.Sprintf("ERROR %d %q", e.code, e.message) }

var errTooLarge = errors.New(refusedSize.message)

// choose is a port for a transfer between these hosts. If there is none, one more is
// wanted.
func (s *fetching) choose(t tid) (port int, ok bool) {
	var oldest *fetch
	for t.port = range s.load {
		if s.load[t.port] >= fetchesAPort {
			continue
		}
		f := s.byTID[t]
		if f == nil {
			return t.port, true
		}
		if f.over && !f.mistaken() && (oldest == nil || f.due < oldest.due) {
			oldest = f
		}
	}
	if len(s.load) < fewPorts || oldest == nil {
		return 0, false
	}
	return oldest.port, true
}

// mistaken reports whether what comes late of a transfer that has ended may look like the first
// block of the next one: the only block, or what a server sends that got a request twice. Other
// blocks than the first are of no new transfer, and of one under way only from its server's TID.
func (f *fetch) mistaken() bool { return f.again || f.blocks == 1 }

// ask begins a transfer with its request.
func (s *fetching) ask(now time.Duration, f *fetch, to []byte) []byte {
	s.byTID[f.tid] = f
	s.load[f.port]++
	f.begun, f.sent, f.due = now, 1, now+f.timeout
	s.wheel.add(f)
	return f.packet(to)
}

// packet is what the client said last: the request, or an ACK.
func (f *fetch) packet(to []byte) []byte {
	if f.blocks > 0 {
		return appendHeader(to, opACK, uint16(f.blocks))
	}
	to = append(to, 0, opRRQ)
	to = append(append(to, f.name...), 0)
	return append(append(to, "octet"...), 0)
}

// to is where the client's packets go.
func (f *fetch) to() end {
	if f.peer == 0 {
		return end{f.server, f.asked}
	}
	return end{f.server, f.peer}
}

// find is the transfer that a datagram from this server belongs to, or nil.
func (s *fetching) find(t tid) *fetch {
	f := s.byTID[t]
	if f == nil {
		t.local = [4]byte{}
		f = s.byTID[t]
	}
	return f
}

// receive takes what came from a port of a transfer's server; f is nil where the
// datagram belongs to no transfer.
func (s *fetching) receive(now time.Duration, f *fetch, from uint16, p, to []byte) []byte {
	stranger := f == nil || f.peer != 0 && from != f.peer
	if opcode(p) == opERROR { // is never answered
		// No request is refused for an unknown TID: that was for a transfer before.
		if r, ok := parseRefusal(p); ok && !stranger && !f.over && (f.peer != 0 || r.code != refusedStranger.code) {
			s.end(now, f, &peerError{r, f.blocks > 0})
		}
		return to
	}
	if stranger {
		return refusedStranger.append(to)
	}
	n, ok := number(p)
	if !ok || opcode(p) != opDATA || len(p) > headerSize+blockSize {
		return to // options were not asked for, nor larger blocks
	}
	if f.peer == 0 && n == 1 && !f.over {
		f.peer = from
	}
	switch {
	case f.err != nil:
		return refusedEnded.append(to)
	case f.peer == 0:
		return to
	case n == uint16(f.blocks) && f.blocks > 0: // again: the ACK got lost
		return f.packet(to)
	case f.over || n != uint16(f.blocks+1):
		return to
	}
	if now-f.begun > maxDuration {
		s.end(now, f, os.ErrDeadlineExceeded)
		return refusedEnded.append(to)
	}
	block := p[headerSize:]
	if len(f.data)+len(block) > f.max {
		s.end(now, f, errTooLarge)
		return refusedSize.append(to)
	}
	if f.data == nil {
		f.data = make([]byte, 0, min(firstBuffer, f.max))
	}
	f.data = append(f.data, block...)
	f.blocks++
	f.sent, f.due = 1, now+f.timeout
	if len(block) < blockSize {
		s.end(now, f, nil)
	}
	return f.packet(to)
}

// expire sends again what was not answered in time, or gives it up.
func (s *fetching) expire(now time.Duration, emit func(f *fetch, p []byte)) {
	s.wheel.expire(now, func(f *fetch) {
		switch {
		case f.over: // has lingered
			if s.byTID[f.tid] == f {
				delete(s.byTID, f.tid)
			}
			return
		case f.sent > f.retries:
			s.end(now, f, os.ErrDeadlineExceeded)
		default:
			f.sent++
			f.again = true
			f.due = now + f.timeout
			f.resent()
			emit(f, f.packet(nil))
		}
		s.wheel.add(f)
	})
}

// cancel ends a transfer; its server, if it has answered, is told.
func (s *fetching) cancel(now time.Duration, f *fetch, err error, to []byte) []byte {
	if f.over {
		return to
	}
	s.end(now, f, err)
	if f.peer == 0 {
		return to
	}
	return refusedEnded.append(to)
}

// end ends a transfer; only its TID stays for a while.
func (s *fetching) end(now time.Duration, f *fetch, err error) {
	s.load[f.port]--
	f.over, f.err, f.due = true, err, now+lingers*f.timeout
	close(f.done)
}
