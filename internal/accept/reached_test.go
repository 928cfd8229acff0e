package accept

import (
	"net"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// What is told of a listener can be dialled, also where it listens on all addresses.
func TestReached(t *testing.T) {
	for _, at := range []string{"127.0.0.1:0", "0.0.0.0:0", "[::]:0", ":0"} {
		l, err := net.Listen("tcp", at)
		require.NoError(t, err, at)
		defer l.Close()
		told := Reached(l.Addr().(*net.TCPAddr).AddrPort()).String()
		require.True(t, strings.HasPrefix(told, "127.0.0.1:"), told)
		conn, err := net.Dial("tcp", told)
		require.NoError(t, err)
		conn.Close()
	}
}
