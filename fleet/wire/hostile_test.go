package wire

import (
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/hostile"
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
	for name, does := range map[string]func(net.Conn){
		"never answers":    hostile.Silent,
		"a byte at a time": hostile.Flood("HTTP/1.1 200 OK\r\nX: ", "y", 10*time.Millisecond),
		"endless header":   hostile.Flood("HTTP/1.1 200 OK\r\nX: ", strings.Repeat("y", 1<<10), 0),
		"endless headers":  hostile.Flood("HTTP/1.1 200 OK\r\n", "X: y\r\n", 0),
		"endless body":     hostile.Flood("HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("y", 1<<10), 0),
		"long body": hostile.Flood("HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n",
			strings.Repeat("y", 1<<10), 0),
		"endless chunks": hostile.Flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
			"1;"+strings.Repeat("y", 100)+"\r\ny\r\n", 0),
		"endless trailer": hostile.Flood("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n", 0),
		"endless waiting": hostile.Flood("", "HTTP/1.1 100 Continue\r\n\r\n", 0),
	} {
		t.Run(name, func(t *testing.T) {
			raw, err := net.Dial("tcp4", hostile.Listen(t, does))
			require.NoError(t, err)
			conn := &counting{Conn: raw}
			conn.SetDeadline(time.Now().Add(time.Second))
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			data, err := get(conn, "x", "/x", "phone", limit)
			runtime.ReadMemStats(&after)
			conn.Close()
			require.True(t, err != nil || len(data) == limit+1, "%d bytes, %v", len(data), err)
			require.LessOrEqual(t, conn.read, limit+64<<10)
			require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4<<20))
		})
	}
}
