package accept_test

import (
	"context"
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"itlsim/internal/accept"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const soon = time.Minute

func serve(t *testing.T, maxConns int, serve func(context.Context, net.Conn)) *accept.Server {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	s := accept.Serve(l, maxConns, serve)
	t.Cleanup(func() { s.Close() })
	return s
}

func dial(t *testing.T, s *accept.Server) net.Conn {
	conn, err := net.DialTimeout("tcp4", s.Addr().String(), soon)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(soon)))
	return conn
}

// So many are served at a time; the next is when one has left.
func TestConnectionsWaitForAPlace(t *testing.T) {
	served := make(chan net.Conn)
	s := serve(t, 1, func(_ context.Context, conn net.Conn) {
		served <- conn
		io.Copy(io.Discard, conn)
	})
	first, second := dial(t, s), dial(t, s)
	require.Equal(t, first.LocalAddr(), (<-served).RemoteAddr())
	select {
	case <-served:
		require.Fail(t, "two are served at a time")
	case <-time.After(20 * time.Millisecond):
	}
	first.Close()
	require.Equal(t, second.LocalAddr(), (<-served).RemoteAddr())
}

// Close cuts connections, waits for what serves them, and may be called again.
func TestClose(t *testing.T) {
	began, ended := make(chan bool), false
	s := serve(t, 2, func(closing context.Context, conn net.Conn) {
		began <- true
		io.Copy(io.Discard, conn)
		<-closing.Done()
		ended = true
	})
	conn := dial(t, s)
	<-began
	require.NoError(t, s.Close())
	require.True(t, ended)
	_, err := conn.Read(make([]byte, 1))
	require.Error(t, err)
	require.NoError(t, s.Close())
}

// What serve leaves open is closed.
func TestServedConnectionsAreClosed(t *testing.T) {
	conn := dial(t, serve(t, 1, func(context.Context, net.Conn) {}))
	_, err := conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}
