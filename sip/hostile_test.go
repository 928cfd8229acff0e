package sip

import (
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A request takes bounded time and memory of whatever call manager.
func TestHostileCallManagers(t *testing.T) {
	flood := func(first, again string, pause time.Duration) func(net.Conn) {
		return func(conn net.Conn) {
			_, err := io.WriteString(conn, first)
			for err == nil {
				time.Sleep(pause)
				_, err = io.WriteString(conn, again)
			}
		}
	}
	const answer = "Via: SIP/2.0/TCP x;branch=z9hG4bK1\r\nFrom: <sip:x@x>;tag=1\r\nTo: <sip:x@x>;tag=2\r\n" +
		"Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: "
	for name, does := range map[string]func(net.Conn){
		"never answers":      func(conn net.Conn) { io.Copy(io.Discard, conn) },
		"a byte at a time":   flood("SIP/2.0 200 OK\r\nX: ", "y", 10*time.Millisecond),
		"endless header":     flood("SIP/2.0 200 OK\r\nX: ", strings.Repeat("y", 1<<10), 0),
		"endless headers":    flood("SIP/2.0 200 OK\r\n", "X: y\r\n", 0),
		"long body":          flood("SIP/2.0 200 OK\r\n"+answer+"99999999\r\n\r\n", strings.Repeat("y", 1<<10), 0),
		"endless keep-alive": flood("", "\r\n\r\n", 0),
		"endless progress":   flood("", "SIP/2.0 180 Ringing\r\n"+answer+"0\r\n\r\n", 0),
		"endless questions":  flood("", "OPTIONS sip:x SIP/2.0\r\n"+answer+"0\r\n\r\n", 0),
	} {
		t.Run(name, func(t *testing.T) {
			l, err := net.Listen("tcp4", "127.0.0.1:0")
			require.NoError(t, err)
			defer l.Close()
			done := make(chan bool)
			go func() {
				defer close(done)
				if conn, err := l.Accept(); err == nil {
					defer conn.Close()
					does(conn)
				}
			}()
			c := Client{Timeout: 300 * time.Millisecond}
			conn, err := c.Dial(t.Context(), l.Addr().String())
			require.NoError(t, err)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			got := conn.Ask(Request{Method: "REGISTER", CallID: "2", Bytes: []byte("REGISTER")})
			runtime.GC()
			runtime.ReadMemStats(&after)
			require.ErrorAs(t, got.Err, new(*NoAnswerError))
			require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(8<<20), "is still held")
			conn.Close()
			<-done
		})
	}
}
