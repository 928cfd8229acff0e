package tcp

import (
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Who connects comes from its own address, whether the server is named by address or
// name; an error comes with no connection.
func TestDial(t *testing.T) {
	l, err := Listen("127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	at := l.Addr().String()
	phone := netip.MustParseAddr("127.1.0.7")
	for _, server := range []string{at, strings.Replace(at, "127.0.0.1", "localhost", 1)} {
		for _, local := range []netip.Addr{phone, {}} {
			conn, err := Dial(t.Context(), local, server)
			require.NoError(t, err, server)
			if local.IsValid() {
				require.Equal(t, local, conn.LocalAddr().(*net.TCPAddr).AddrPort().Addr().Unmap())
			}
			conn.Close()
		}
	}
	l.Close()
	for _, local := range []netip.Addr{phone, {}} {
		conn, err := Dial(t.Context(), local, at)
		require.Error(t, err)
		require.Nil(t, conn)
	}
}
