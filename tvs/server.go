package tvs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"sync/atomic"

	"itlsim/internal/accept"
	"itlsim/internal/contain"
	"itlsim/internal/tcp"
)

// Port is the standard TCP port of TVS.
const Port = 2445

// ServerConfig says what a [Server] shows and answers. Both functions are
// needed and are called from many goroutines at once.
type ServerConfig struct {
	// Certificate is asked at each handshake, so that a regenerated
	// certificate shows at once. At nil the handshake fails.
	Certificate func() *tls.Certificate
	// Answer judges a request. The server itself fills in the answer's
	// command and session id.
	Answer func(Request) Answer
	// Limits are those of connections; a TVS knows nobody, so none is ever proven. A
	// peer has their patience for its handshake, and for each whole request.
	Limits accept.Limits
	// Fault, where not nil, is told of a panic in serving a connection, which ends that
	// one alone.
	Fault func(error)
	// MinVersion and MaxVersion of TLS; zero is 1.0 and the newest, 1.3.
	MinVersion, MaxVersion uint16
}

// ServerStats counts what a server has done since it began to listen.
type ServerStats struct {
	Handshakes uint64 // completed
	Failed     uint64 // handshakes that failed or took too long
	Verifies   uint64 // answered
	Queries    uint64 // answered
	Malformed  uint64 // connections closed without answer to such a request
	Broken     uint64 // connections that ended otherwise than closed between two requests, or by this side
}

// Server is a TVS: it answers any number of requests on each connection.
// Unlike tvsd, which handshakes in its accept loop, it lets no silent client
// hold up the others; like tvsd it closes a connection without an answer when
// a request is malformed.
type Server struct {
	config      ServerConfig
	tls         *tls.Config
	connections *accept.Server

	handshakes, failed, verifies, queries, malformed, broken atomic.Uint64
}

// Listen starts a server on addr, "127.0.0.1:0" for instance.
func Listen(addr string, config ServerConfig) (*Server, error) {
	if config.Certificate == nil || config.Answer == nil {
		return nil, errors.New("tvs: a server needs Certificate and Answer")
	}
	listener, err := tcp.Listen(addr)
	if err != nil {
		return nil, fmt.Errorf("tvs: %w", err)
	}
	s := &Server{config: config, tls: TLSConfig(config.MinVersion, config.MaxVersion)}
	s.tls.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return config.Certificate(), nil
	}
	s.connections = accept.Serve(listener, config.Limits, contain.Serving(config.Fault, s.serve))
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() netip.AddrPort { return s.connections.Addr() }

// Stats may be called at any time.
func (s *Server) Stats() ServerStats {
	return ServerStats{
		Handshakes: s.handshakes.Load(),
		Failed:     s.failed.Load(),
		Verifies:   s.verifies.Load(),
		Queries:    s.queries.Load(),
		Malformed:  s.malformed.Load(),
		Broken:     s.broken.Load(),
	}
}

// Close cuts all connections and returns when nothing of the server runs any
// more, an Answer under way included. It may be called again.
func (s *Server) Close() error { return s.connections.Close() }

func (s *Server) serve(open context.Context, raw *accept.Conn) {
	conn := tls.Server(raw, s.tls)
	if err := conn.Handshake(); err != nil {
		s.failed.Add(1)
		return
	}
	s.handshakes.Add(1)
	for {
		raw.Expect()
		request, err := ReadRequest(conn)
		if err == nil {
			err = s.answer(conn, request)
		}
		if err != nil {
			if _, ok := errors.AsType[*FormatError](err); ok {
				s.malformed.Add(1)
			} else if err != io.EOF && open.Err() == nil {
				s.broken.Add(1)
			}
			conn.Close()
			return
		}
	}
}

func (s *Server) answer(conn io.Writer, request Request) error {
	answer := s.config.Answer(request)
	answer.Command = request.Command + 1
	answer.Session = request.Session
	message, err := answer.AppendBinary(nil)
	if err != nil {
		// Not the client's fault, so not to be taken for a malformed request.
		return fmt.Errorf("unfit answer: %v", err)
	}
	// Counted first: whoever has the answer also sees it counted.
	if request.Command == QueryRequest {
		s.queries.Add(1)
	} else {
		s.verifies.Add(1)
	}
	_, err = conn.Write(message)
	return err
}
