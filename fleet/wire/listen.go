package wire

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"

	"itlsim/internal/tcp"
	"itlsim/sip"
)

// listen binds the two ports that all phones share.
func (f *Fleet) listen() error {
	calls, err := f.listenAll(f.config.SIPPort, (*slot).registered)
	if err != nil {
		return fmt.Errorf("SIP of the phones: %w", err)
	}
	pages, err := f.listenAll(f.config.WebPort, func(*slot) bool { return true })
	if err != nil {
		calls.Close()
		return fmt.Errorf("web pages of the phones: %w", err)
	}
	f.sip = sip.Serve(calls, sip.ServerConfig{Handle: f.notified})
	f.web = f.servePages(pages)
	return nil
}

// listenAll listens for all phones: at the machine's one address, for whoever the network
// leads to, or at those of all phones that would accept a connection. Every address in
// 127.0.0.0/8 is this machine's, but a socket listens at one address or at all of them. So that
// one listens at all, and drops what does not come from this machine.
func (f *Fleet) listenAll(port int, takes func(*slot) bool) (net.Listener, error) {
	d := &door{admit: func(local, remote netip.Addr, conn net.Conn) net.Conn {
		if local.IsLoopback() && remote.IsLoopback() {
			if s := f.at(local); s != nil && takes(s) {
				return s.path.To(remote.String()).Conn(conn)
			}
		}
		return nil
	}}
	at := netip.IPv4Unspecified()
	if f.config.At.IsValid() {
		at = f.config.At
		d.admit = func(_, remote netip.Addr, conn net.Conn) net.Conn {
			if !f.config.Network.Leads(remote) {
				return nil
			}
			return conn
		}
	}
	var err error
	d.Listener, err = tcp.Listen(net.JoinHostPort(at.String(), strconv.Itoa(port)))
	return d, err
}

// A door is a listener that drops who is not admitted. Who is has the path of the phone, where
// it is known by then which that is.
type door struct {
	net.Listener
	admit func(local, remote netip.Addr, conn net.Conn) net.Conn // nil: not
}

// Accept waits for somebody who is admitted.
func (d *door) Accept() (net.Conn, error) {
	for {
		conn, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		local := conn.LocalAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
		remote := conn.RemoteAddr().(*net.TCPAddr).AddrPort().Addr().Unmap()
		if admitted := d.admit(local, remote, conn); admitted != nil {
			return admitted, nil
		}
		if tcp, ok := conn.(*net.TCPConn); ok {
			tcp.SetLinger(0) // a reset, as from a machine where nobody listens
		}
		conn.Close()
	}
}
