// Package hostile has servers that tests connect to, which do anything but answer.
package hostile

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Listen serves one connection, as does says, and returns where. When the test ends the
// connection does, and what serves it has ended.
func Listen(t testing.TB, does func(net.Conn)) (address string) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	done := make(chan bool)
	conns := make(chan net.Conn, 1)
	go func() {
		defer close(done)
		if conn, err := l.Accept(); err == nil {
			defer conn.Close()
			conns <- conn
			does(conn)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		select {
		case conn := <-conns:
			conn.Close()
		case <-done: // nobody came
		}
		<-done
	})
	return l.Addr().String()
}

// Silent reads and says nothing.
func Silent(conn net.Conn) { io.Copy(io.Discard, conn) }

// Flood says something first and then another thing without end, with pauses.
func Flood(first, again string, pause time.Duration) func(net.Conn) {
	return func(conn net.Conn) {
		go Silent(conn)
		_, err := io.WriteString(conn, first)
		for more := []byte(again); err == nil; { // the server's memory is not its client's
			time.Sleep(pause)
			_, err = conn.Write(more)
		}
	}
}
