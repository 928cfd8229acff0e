package tftp

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	pin "github.com/pin/tftp/v3"
)

// A pinServer is a server by pin/tftp.
type pinServer struct {
	files   FileFunc
	limit   time.Duration // how long one block can take
	at      netip.AddrPort
	conn    *net.UDPConn
	tftp    *pin.Server
	served  chan struct{} // closed when nothing is accepted any more
	close   sync.Once
	closed  atomic.Bool // nothing more is accepted
	hasty   atomic.Bool // no block is sent again
	abandon atomic.Bool // transfers end at their next block

	mu      sync.Mutex
	counted ServerStats
}

// listenPin starts one. The limit of transfers is not kept.
func listenPin(at netip.AddrPort, cfg ServerConfig) (engine, error) {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil, err
	}
	// Phones that restart together overflow the default buffer, and each request
	// lost costs its phone a time-out. The kernel grants up to net.core.rmem_max.
	_ = conn.SetReadBuffer(4 << 20)

	s := &pinServer{
		files:  cfg.Files,
		limit:  cfg.Timeout * time.Duration(cfg.Retries+1),
		at:     conn.LocalAddr().(*net.UDPAddr).AddrPort(),
		conn:   conn,
		served: make(chan struct{}),
	}
	s.tftp = pin.NewServer(s.read, refuseWrite)
	s.tftp.SetHook((*hook)(s))
	s.tftp.SetTimeout(cfg.Timeout)
	s.tftp.SetRetries(cfg.Retries)
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

func (s *pinServer) addr() netip.AddrPort { return s.at }

func (s *pinServer) stats() ServerStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.counted
}

func (s *pinServer) hurry() { s.hasty.Store(true) }

func (s *pinServer) shut() {
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
}

var errHasty = errors.New("not acknowledged in time")

// read answers one read request.
func (s *pinServer) read(name string, to io.ReaderFrom) (err error) {
	s.begin()
	defer s.end()
	defer func() { // the one way out of pin/tftp while it waits, as in the client
		switch problem := recover(); problem {
		case nil:
		case errHasty:
			err = errHasty
			s.mu.Lock()
			s.counted.Failed++ // pin/tftp has closed the socket on the way out, and reports nothing
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
		return errors.New(refusedReading.message)
	}
	n, err := to.ReadFrom(source{bytes.NewReader(data), &s.abandon})
	if err == nil {
		s.mu.Lock()
		s.counted.Bytes += uint64(n)
		s.mu.Unlock()
	}
	return err
}

func (s *pinServer) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted.Running++
	s.counted.Peak = max(s.counted.Peak, s.counted.Running)
}

func (s *pinServer) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counted.Running--
}

// source is a file on its way, seekable so that pin/tftp can tell its size.
type source struct {
	*bytes.Reader
	abandon *atomic.Bool
}

func (r source) Read(p []byte) (int, error) {
	if r.abandon.Load() {
		return 0, errors.New(refusedClosing.message)
	}
	return r.Reader.Read(p)
}

var errReadOnly = errors.New(refusedWrite.message)

func refuseWrite(string, io.WriterTo) error { return errReadOnly }

// hook is the server as pin/tftp reports to it.
type hook pinServer

// OnSuccess is called for each file that was acknowledged to the end.
func (h *hook) OnSuccess(t pin.TransferStats) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counted.Files++
	h.counted.Datagrams += uint64(t.DatagramsSent)
	h.counted.Retransmits += uint64(t.DatagramsSent - t.DatagramsAcked)
}

// OnFailure is called for each request that came to something else; without a
// remote address if it never became a transfer.
func (h *hook) OnFailure(t pin.TransferStats, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var network net.Error
	switch {
	case errors.Is(err, ErrNotFound):
		h.counted.NotFound++
	case t.RemoteAddr == nil && h.closed.Load():
		// The listening socket was closed, which is no request.
	case err == errReadOnly, t.RemoteAddr == nil && !errors.As(err, &network):
		h.counted.Refused++
	default:
		h.counted.Failed++
	}
	h.counted.Datagrams += uint64(t.DatagramsSent)
	if unacked := t.DatagramsSent - t.DatagramsAcked; unacked > 0 {
		h.counted.Retransmits += uint64(unacked - 1) // one was the first of its block
	}
}
