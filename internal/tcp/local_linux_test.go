package tcp

import (
	"net"
	"net/netip"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// An address has a connection from each of its ports to each server, and not one from each in
// all: its port is chosen when the server is known. Without an address nothing is asked for.
func TestPortsOfAnAddress(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	for local, want := range map[netip.Addr]int{netip.MustParseAddr("127.1.0.8"): 1, {}: 0} {
		conn, err := Dial(t.Context(), local, l.Addr().String())
		require.NoError(t, err)
		raw, err := conn.(*net.TCPConn).SyscallConn()
		require.NoError(t, err)
		var late int
		require.NoError(t, raw.Control(func(fd uintptr) {
			late, err = syscall.GetsockoptInt(int(fd), syscall.IPPROTO_IP, ipBindAddressNoPort)
		}))
		require.NoError(t, err)
		require.Equal(t, want, late, local)
		conn.Close()
	}
}
