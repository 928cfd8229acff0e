package tftp

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	pin "github.com/pin/tftp/v3"
)

// FileFunc returns the contents of a file, which nobody may change afterwards.
// Name is what the client sent, up to some 500 bytes of anything: it is a key,
// never a path. An error that is [ErrNotFound] is answered as "File not found";
// any other is answered with its text, but with the same code, so that a phone
// takes both for a missing file. Calls come from many goroutines and should not
// block: each holds a transfer, and [Server.Close] waits for it.
type FileFunc func(name string) ([]byte, error)

// ServerConfig says what a [Server] serves and how patiently.
type ServerConfig struct {
	Files FileFunc

	// MaxTransfers is how many transfers may run at a time; 0 means 1500, which
	// Cisco suggests as Maximum Serving Count. At the limit further requests are
	// dropped until a transfer ends: an ERROR would tell a phone that its file
	// does not exist, silence makes it ask again. Requests that are being accepted
	// in the moment in which the limit is reached are still served: a few, or some
	// hundreds of a flood. The limit is kept on Linux only.
	MaxTransfers int

	// Timeout is how long to wait for an ACK before a block is sent again; 0
	// means ServerTimeout.
	Timeout time.Duration

	// Retries is how often a block is sent again; 0 means 5. A client that has
	// gone, or whose last ACK is lost, holds a transfer for Timeout*(Retries+1).
	Retries int
}

// ServerTimeout is what a zero ServerConfig.Timeout means (this project's own
// choice).
const ServerTimeout = time.Second

// ServerStats counts what a server did. A transfer is counted when its last ACK
// arrives, so a moment after its client is content.
type ServerStats struct {
	Files    uint64 // sent and acknowledged to the end
	Bytes    uint64 // in those files
	NotFound uint64 // requests answered with "File not found"
	// Failed counts transfers that were broken off, files that FileFunc could not
	// give, and requests for which there was no socket.
	Failed      uint64
	Refused     uint64 // write requests, and datagrams that are no request
	Datagrams   uint64 // blocks sent, retransmissions included
	Retransmits uint64 // blocks sent again
	Running     uint64 // transfers under way
	Peak        uint64 // the most there ever were of these
	Full        uint64 // how often MaxTransfers was reached
}

// Server is a TFTP server, for reading only.
type Server struct {
	files   FileFunc
	max     uint64
	limit   time.Duration // how long one block can take
	addr    netip.AddrPort
	conn    *net.UDPConn
	gate    gate
	tftp    *pin.Server
	served  chan struct{} // closed when nothing is accepted any more
	close   sync.Once
	closed  atomic.Bool // nothing more is accepted
	hasty   atomic.Bool // no block is sent again
	abandon atomic.Bool // transfers end at their next block

	mu    sync.Mutex
	stats ServerStats
}

// Listen starts a server at addr, an IPv4 address and port; port 0 chooses one.
func Listen(addr string, cfg ServerConfig) (*Server, error) {
	local, err := net.ResolveUDPAddr("udp4", addr)
	if err != nil {
		return nil, fmt.Errorf("TFTP server: %w", err)
	}
	conn, err := net.ListenUDP("udp4", local)
	if err != nil {
		return nil, fmt.Errorf("TFTP server: %w", err)
	}
	// Phones that restart together overflow the default buffer, and each request
	// lost costs its phone a time-out. The kernel grants up to net.core.rmem_max.
	_ = conn.SetReadBuffer(4 << 20)

	timeout, retries := or(cfg.Timeout, ServerTimeout), or(cfg.Retries, 5)
	s := &Server{
		files:  cfg.Files,
		max:    uint64(or(cfg.MaxTransfers, 1500)),
		limit:  timeout * time.Duration(retries+1),
		addr:   conn.LocalAddr().(*net.UDPAddr).AddrPort(),
		conn:   conn,
		gate:   gate{conn},
		served: make(chan struct{}),
	}
	s.tftp = pin.NewServer(s.read, refuseWrite)
	s.tftp.SetHook((*hook)(s))
	s.tftp.SetTimeout(timeout)
	s.tftp.SetRetries(retries)
	s.tftp.SetBackoff(func(int) time.Duration { // as in the client
		if s.hasty.Load() {
			panic(errHasty)
		}
		return 0
	})
	// Phones ask for no larger blocks. Others get an Ethernet frame's, and not the
	// 64 KiB buffer for each transfer that the loopback's MTU would allow.
	s.tftp.SetBlockSizeNegotiation(false)
	s.tftp.SetBlockSize(1468)

	go func() {
		defer close(s.served)
		// This must be a *net.UDPConn and no wrapper, though pin/tftp then lists
		// the network interfaces (15 % of its CPU) at each request: only so does
		// it learn which address was asked and answer from there. Otherwise the
		// kernel answers from 127.0.0.1, and clients ignore what does not come
		// from the address they asked.
		_ = s.tftp.Serve(conn)
	}()
	return s, nil
}

// Addr returns the address that the server listens at.
func (s *Server) Addr() netip.AddrPort { return s.addr }

// Stats returns the counters as they stand.
func (s *Server) Stats() ServerStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stats
}

// Hurry has transfers end where a block would have to be sent again. It is for
// before [Server.Close], when all clients have gone: what they acknowledged last
// still arrives, and Close then takes hardly more than one Timeout. The blocks of
// transfers that end so are not counted.
func (s *Server) Hurry() { s.hasty.Store(true) }

// Close stops listening and waits for the transfers under way: for as long as a
// client that has gone is waited for, then those that still run are broken off
// at their next block. So it takes 2*Timeout*(Retries+1) at the very most. The
// error is always nil.
func (s *Server) Close() error {
	s.close.Do(func() {
		impatience := time.AfterFunc(s.limit, func() { s.abandon.Store(true) })
		defer impatience.Stop()
		// Shutdown closes no socket that Serve has not seen yet, and does not wait
		// for the accepting goroutine, which may just begin a transfer: hence
		// Close before it, and a second one after.
		s.closed.Store(true)
		_ = s.conn.Close()
		s.tftp.Shutdown()
		<-s.served
		s.tftp.Shutdown()
	})
	return nil
}

var errHasty = errors.New("not acknowledged in time")

// read answers one read request.
func (s *Server) read(name string, to io.ReaderFrom) (err error) {
	s.begin()
	defer s.end()
	defer func() { // the one way out of pin/tftp while it waits, as in the client
		switch problem := recover(); problem {
		case nil:
		case errHasty:
			err = errHasty
			s.mu.Lock()
			s.stats.Failed++ // pin/tftp has closed the socket on the way out, and reports nothing
			s.mu.Unlock()
		default:
			panic(problem)
		}
	}()
	data, err := s.files(name)
	if errors.Is(err, ErrNotFound) {
		return ErrNotFound // without what wraps it: the text goes over the wire
	}
	if err != nil {
		return err
	}
	n, err := to.ReadFrom(source{bytes.NewReader(data), &s.abandon})
	if err == nil {
		s.mu.Lock()
		s.stats.Bytes += uint64(n)
		s.mu.Unlock()
	}
	return err
}

// begin counts a transfer in, and shuts the gate behind the last one.
func (s *Server) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stats.Running++
	s.stats.Peak = max(s.stats.Peak, s.stats.Running)
	if s.stats.Running == s.max {
		s.stats.Full++
		s.gate.shut()
	}
}

func (s *Server) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stats.Running == s.max {
		s.gate.open()
	}
	s.stats.Running--
}

// source is a file on its way, seekable so that pin/tftp can tell its size.
type source struct {
	*bytes.Reader
	abandon *atomic.Bool
}

func (r source) Read(p []byte) (int, error) {
	if r.abandon.Load() {
		return 0, errors.New("server closed")
	}
	return r.Reader.Read(p)
}

var errReadOnly = errors.New("write requests are refused")

func refuseWrite(string, io.WriterTo) error { return errReadOnly }

// hook is the server as pin/tftp reports to it.
type hook Server

// OnSuccess is called for each file that was acknowledged to the end.
func (h *hook) OnSuccess(t pin.TransferStats) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.stats.Files++
	h.stats.Datagrams += uint64(t.DatagramsSent)
	h.stats.Retransmits += uint64(t.DatagramsSent - t.DatagramsAcked)
}

// OnFailure is called for each request that came to something else; without a
// remote address if it never became a transfer.
func (h *hook) OnFailure(t pin.TransferStats, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var network net.Error
	switch {
	case errors.Is(err, ErrNotFound):
		h.stats.NotFound++
	case t.RemoteAddr == nil && h.closed.Load():
		// The listening socket was closed, which is no request.
	case err == errReadOnly, t.RemoteAddr == nil && !errors.As(err, &network):
		h.stats.Refused++
	default:
		h.stats.Failed++
	}
	h.stats.Datagrams += uint64(t.DatagramsSent)
	if unacked := t.DatagramsSent - t.DatagramsAcked; unacked > 0 {
		h.stats.Retransmits += uint64(unacked - 1) // one was the first of its block
	}
}
