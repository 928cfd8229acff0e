package wire

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"

	"itlsim/internal/tcp"
	"itlsim/sip"
)

// listen binds the two ports that all phones share. Every address in 127.0.0.0/8
// is this machine's, but a socket listens at one address or at all of them. So
// these listen at all, and drop what does not come from this machine.
func (f *Fleet) listen() error {
	calls, err := f.listenAll(f.config.SIPPort)
	if err != nil {
		return fmt.Errorf("SIP of the phones: %w", err)
	}
	pages, err := f.listenAll(f.config.WebPort)
	if err != nil {
		calls.Close()
		return fmt.Errorf("web pages of the phones: %w", err)
	}
	calls.takes = (*slot).registered
	f.sip = sip.Serve(calls, sip.ServerConfig{Handle: f.notified})
	f.web = f.servePages(pages)
	return nil
}

// listenAll listens at all phones' addresses.
func (f *Fleet) listenAll(port int) (*loopback, error) {
	l, err := tcp.Listen(net.JoinHostPort("0.0.0.0", strconv.Itoa(port)))
	if err != nil {
		return nil, err
	}
	return &loopback{Listener: l, at: f.at, takes: func(*slot) bool { return true }}, nil
}

// loopback is a listener at all addresses that accepts only connections between
// loopback addresses, to phones that would accept them. They have the phone's path.
type loopback struct {
	net.Listener
	at    func(local netip.Addr) *slot
	takes func(*slot) bool
}

// Accept waits for such a connection, and drops all others.
func (l *loopback) Accept() (net.Conn, error) {
	for {
		conn, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		local := conn.LocalAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
		remote := conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
		if local.IsLoopback() && remote.IsLoopback() {
			if s := l.at(local); s != nil && l.takes(s) {
				return s.path.To(remote.String()).Conn(conn), nil
			}
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0) // a reset, as from a machine where nobody listens
		}
		conn.Close()
	}
}
