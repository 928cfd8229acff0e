// Package tcp connects and listens for phones and the services that they ask: by TCP
// over IPv4, without the kernel's probes of idle connections. Each service bounds
// silence itself, and most connections live for milliseconds, in which a probe's five
// settings cost as much as an answer does.
package tcp

import (
	"context"
	"net"
	"net/netip"
)

// Dial connects to a server, host:port, from an address; the zero one stands for
// whichever the system chooses.
func Dial(ctx context.Context, local netip.Addr, server string) (net.Conn, error) {
	dialer := net.Dialer{KeepAlive: -1}
	if local.IsValid() {
		dialer.Control = portLate
	}
	if at, err := netip.ParseAddrPort(server); err == nil && local.IsValid() {
		conn, err := dialer.DialTCP(ctx, "tcp", netip.AddrPortFrom(local, 0), at) // there is nothing to resolve
		if err != nil {
			return nil, err // and no connection, which a nil *TCPConn would be
		}
		return conn, nil
	}
	if local.IsValid() {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0))
	}
	return dialer.DialContext(ctx, "tcp", server)
}

// Listen listens at an address, host:port.
func Listen(address string) (net.Listener, error) {
	config := net.ListenConfig{KeepAlive: -1}
	config.SetMultipathTCP(false) // no phone has it
	return config.Listen(context.Background(), "tcp4", address)
}
