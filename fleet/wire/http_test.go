package wire

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// read is what comes of an answer: its code, its body, and whether it can be read.
func read(code int, body io.Reader, err error) (int, string, bool) {
	if err != nil {
		return 0, "", false
	}
	data, err := io.ReadAll(body)
	return code, string(data), err == nil
}

// What is understood without net/http is what net/http makes of it.
func FuzzAnswer(f *testing.F) {
	for _, answer := range []string{
		"HTTP/1.1 200 OK\r\nCache-Control: no-store\r\nContent-Length: 4\r\nContent-Type: */*\r\nConnection: close\r\n\r\nlist",
		"HTTP/1.1 200 OK\r\nContent-length: 12\r\n\r\nshort", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 \r\n\r\nuntil the end", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", "HTTP/1.1 304 Not Modified\r\n\r\nx",
		"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nx", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\nX: y\n\nx",
		"HTTP/1.1 200 OK\r\nX: y\r\n z\r\n\r\nx", "HTTP/1.1 099 No\r\n\r\n",
		"HTTP/1.1 600 New\r\nContent-Length: +1\r\n\r\nx",
	} {
		f.Add([]byte(answer))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		s, head := plain(data)
		if head == 0 {
			return
		}
		body := bytes.NewReader(data[head:])
		var ours io.Reader = body
		if s.length >= 0 {
			ours = io.LimitReader(body, s.length)
		}
		code, text, whole := read(s.code, ours, nil)
		whole = whole && (s.length < 0 || int64(len(text)) == s.length)
		a, err := http.ReadResponse(bufio.NewReader(bytes.NewReader(data)), &http.Request{Method: http.MethodGet})
		require.NoError(t, err, "%q", data)
		theirCode, theirText, theirWhole := read(a.StatusCode, a.Body, nil)
		require.Equal(t, theirCode, code)
		require.Equal(t, theirText, text, "%q", data)
		require.Equal(t, theirWhole, whole, "%q", data)
		require.Equal(t, a.ContentLength, s.length, "%q", data)
	})
}

// A node's usual answers are understood without it.
func TestPlainAnswers(t *testing.T) {
	const files = "HTTP/1.1 200 OK\r\nContent-length: 4\r\nCache-Control: no-store\r\nContent-type: */*\r\n\r\n"
	s, head := plain([]byte(files + "list"))
	require.Equal(t, status{200, 4}, s)
	require.Equal(t, len(files), head)
	const none = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
	s, head = plain([]byte(none))
	require.Equal(t, status{404, 0}, s)
	require.Equal(t, len(none), head)
}

// An answer may be announced by provisional ones, or come in pieces of HTTP.
func TestForeignAnswers(t *testing.T) {
	const final = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nlist"
	interim := "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n"
	for answer, want := range map[string]string{
		final + "more":                              "list",
		"HTTP/1.1 100 Continue\r\n\r\n" + final:     "list",
		strings.Repeat(interim, maxInterim) + final: "list",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nli\r\n2\r\nst\r\n0\r\nTrailer: 1\r\n\r\n": "list",
		"HTTP/1.0 200 OK\n\nto the end":                      "to the end",
		"HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat("x", 100): strings.Repeat("x", 51),
		strings.Repeat(interim, maxInterim+1) + final:        "too many provisional answers",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nlist":   "unexpected EOF",
		"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n":         "HTTP 302 Found",
		"HTTP/1.1 101 Switching Protocols\r\n\r\n":           "HTTP 101 Switching Protocols",
	} {
		server, conn := net.Pipe()
		go func() {
			defer server.Close()
			http.ReadRequest(bufio.NewReader(server))
			for _, c := range []byte(answer) { // a byte at a time
				if _, err := server.Write([]byte{c}); err != nil {
					return
				}
			}
		}()
		data, err := get(conn, "x", "/y", "z", 50)
		conn.Close()
		if err != nil {
			data = []byte(err.Error())
		}
		require.Equal(t, want, string(data), "%q", answer)
	}
}
