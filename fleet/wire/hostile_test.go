package wire

import (
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// counting counts what is read of a connection.
type counting struct {
	net.Conn
	read int
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.read += n
	return n, err
}

// A file takes bounded time and memory of whatever server.
func TestHostileHTTPServers(t *testing.T) {
	const limit = 100 << 10
	flood := func(first, again string) func(net.Conn) {
		return func(conn net.Conn) {
			_, err := io.WriteString(conn, first)
			for more := []byte(again); err == nil; { // the server's memory is not the phone's
				_, err = conn.Write(more)
			}
		}
	}
	for name, does := range map[string]func(net.Conn){
		"never answers": func(conn net.Conn) { drain(conn) },
		"a byte at a time": func(conn net.Conn) {
			_, err := io.WriteString(conn, "HTTP/1.1 200 OK\r\nX: ")
			for err == nil {
				time.Sleep(10 * time.Millisecond)
				_, err = io.WriteString(conn, "y")
			}
		},
		"endless header":  flood("HTTP/1.1 200 OK\r\nX: ", strings.Repeat("y", 1<<10)),
		"endless headers": flood("HTTP/1.1 200 OK\r\n", "X: y\r\n"),
		"endless body":    flood("HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("y", 1<<10)),
		"long body":       flood("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n", strings.Repeat("y", 1<<10)),
		"endless chunks":  flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1;"+strings.Repeat("y", 100)+"\r\ny\r\n"),
		"endless trailer": flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n"),
		"endless waiting": flood("", "HTTP/1.1 100 Continue\r\n\r\n"),
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
					go io.Copy(io.Discard, conn)
					does(conn)
				}
			}()
			raw, err := net.Dial("tcp4", l.Addr().String())
			require.NoError(t, err)
			conn := &counting{Conn: raw}
			conn.SetDeadline(time.Now().Add(time.Second))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			data, err := get(conn, "x", "/x", "phone", limit)
			runtime.ReadMemStats(&after)
			conn.Close()
			<-done
			require.True(t, err != nil || len(data) == limit+1, "%d bytes, %v", len(data), err)
			require.LessOrEqual(t, conn.read, limit+64<<10)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
		})
	}
}
