package tftp

import (
	"fmt"
	"net"
	"net/netip"
	"time"
)

// FileFunc returns the contents of a file, which nobody may change afterwards.
// Name is what the client sent, up to some 500 bytes of anything: it is a key,
// never a path. An error that is [ErrNotFound] is answered as "File not found", any
// other as a file that cannot be read; its text does not go over the wire. Calls
// come from several goroutines and should not block: each keeps others from being
// read, and [Server.Close] waits for it.
type FileFunc func(name string) ([]byte, error)

// ServerConfig says what a [Server] serves and how patiently.
type ServerConfig struct {
	Files FileFunc

	// Dropped, where not nil, is told of each request that found no room to wait. It
	// must return at once. (Linux only.)
	Dropped func()

	// MaxTransfers is how many transfers may run at a time; 0 means
	// [MaxTransfers]. At the limit further requests wait until a
	// transfer ends, some thousands of them, those of different clients in turn; beyond
	// that they are dropped. None is refused: an ERROR would tell a phone that its file
	// does not exist, silence makes it ask again.
	MaxTransfers int

	// Timeout is how long to wait for an ACK before a block is sent again; 0
	// means ServerTimeout.
	Timeout time.Duration

	// Retries is how often a block is sent again; 0 means 5. A client that has gone is
	// remembered for Timeout*(Retries+1). Before a client has acknowledged anything, an
	// OACK is sent again once, and both that and a first block when the client asks again.
	Retries int
}

// MaxTransfers is what a zero ServerConfig.MaxTransfers means: CUCM's Maximum Serving
// Count (v15 guide).
const MaxTransfers = 500

// ServerTimeout is what a zero ServerConfig.Timeout means (this project's own
// choice).
const ServerTimeout = time.Second

// ServerStats counts what a server did. A transfer is counted when its last ACK
// arrives, so a moment after its client is content.
type ServerStats struct {
	Files    uint64 // sent and acknowledged to the end
	Bytes    uint64 // in those files
	NotFound uint64 // requests answered with "File not found"
	// Failed counts transfers that were broken off, and files that FileFunc could not
	// give.
	Failed      uint64
	Refused     uint64 // write requests, modes there are not, and datagrams that are no request
	Datagrams   uint64 // blocks sent, retransmissions included
	Retransmits uint64 // blocks sent again
	Running     uint64 // transfers under way, but for those whose clients have fallen silent
	Peak        uint64 // the most there ever were of these
	Full        uint64 // how often MaxTransfers was reached
	Dropped     uint64 // requests that found no room to wait, and silent transfers that made room
}

// Server is a TFTP server, for reading only.
type Server struct{ engine engine }

// An engine is a server: on Linux [sockets], elsewhere [pinServer].
type engine interface {
	addr() netip.AddrPort
	stats() ServerStats
	hurry()
	shut()
}

// Listen starts a server at addr, an IPv4 address and port; port 0 chooses one.
func Listen(addr string, cfg ServerConfig) (*Server, error) { return listenBy(listenEngine, addr, cfg) }

// A listener starts an engine. It is given a configuration without zero values.
type listener func(at netip.AddrPort, cfg ServerConfig) (engine, error)

func listenBy(listen listener, addr string, cfg ServerConfig) (*Server, error) {
	local, err := net.ResolveUDPAddr("udp4", addr)
	if err != nil {
		return nil, fmt.Errorf("TFTP server: %w", err)
	}
	at := local.AddrPort()
	if local.IP == nil {
		at = netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port())
	}
	cfg.MaxTransfers, cfg.Retries = or(cfg.MaxTransfers, MaxTransfers), or(cfg.Retries, 5)
	cfg.Timeout = or(cfg.Timeout, ServerTimeout)
	e, err := listen(netip.AddrPortFrom(at.Addr().Unmap(), at.Port()), cfg)
	if err != nil {
		return nil, fmt.Errorf("TFTP server: %w", err)
	}
	return &Server{e}, nil
}

// Addr returns the address that the server listens at.
func (s *Server) Addr() netip.AddrPort { return s.engine.addr() }

// Stats returns the counters as they stand.
func (s *Server) Stats() ServerStats { return s.engine.stats() }

// Hurry has transfers end where a block would have to be sent again. It is for
// before [Server.Close], when all clients have gone: what they acknowledged last
// still arrives, and Close then takes hardly more than one Timeout.
func (s *Server) Hurry() { s.engine.hurry() }

// Close stops listening and waits for the transfers under way: for as long as a
// client that has gone is waited for, Timeout*(Retries+1). Then those that still run
// are broken off. The error is always nil.
func (s *Server) Close() error {
	s.engine.shut()
	return nil
}
