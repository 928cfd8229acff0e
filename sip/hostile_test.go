package sip

import (
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/hostile"
)

// A request takes bounded time and memory of whatever call manager.
func TestHostileCallManagers(t *testing.T) {
	const answer = "Via: SIP/2.0/TCP x;branch=z9hG4bK1\r\nFrom: <sip:x@x>;tag=1\r\nTo: <sip:x@x>;tag=2\r\n" +
		"Call-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: "
	for name, does := range map[string]func(net.Conn){
		"never answers":      hostile.Silent,
		"a byte at a time":   hostile.Flood("SIP/2.0 200 OK\r\nX: ", "y", 10*time.Millisecond),
		"endless header":     hostile.Flood("SIP/2.0 200 OK\r\nX: ", strings.Repeat("y", 1<<10), 0),
		"endless headers":    hostile.Flood("SIP/2.0 200 OK\r\n", "X: y\r\n", 0),
		"long body":          hostile.Flood("SIP/2.0 200 OK\r\n"+answer+"99999999\r\n\r\n", strings.Repeat("y", 1<<10), 0),
		"endless keep-alive": hostile.Flood("", "\r\n\r\n", 0),
		"endless progress":   hostile.Flood("", "SIP/2.0 180 Ringing\r\n"+answer+"0\r\n\r\n", 0),
		"endless questions":  hostile.Flood("", "OPTIONS sip:x SIP/2.0\r\n"+answer+"0\r\n\r\n", 0),
	} {
		t.Run(name, func(t *testing.T) {
			at := hostile.Listen(t, does)
			conn, err := (&Client{Timeout: time.Minute}).Dial(t.Context(), at)
			require.NoError(t, err)
			conn.timeout = 300 * time.Millisecond
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			got := conn.Ask(Request{Method: "REGISTER", CallID: "2", Bytes: []byte("REGISTER")})
			runtime.GC()
			runtime.ReadMemStats(&after)
			require.ErrorAs(t, got.Err, new(*NoAnswerError))
			require.Less(t, int64(after.HeapAlloc)-int64(before.HeapAlloc), int64(8<<20), "is still held")
			conn.Close()
		})
	}
}
