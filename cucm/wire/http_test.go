package wire

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"itlsim/internal/accept"
	"itlsim/tftp"
)

// somewhere has some files.
func somewhere(name string) ([]byte, error) {
	switch name {
	case "ITLFile.tlv", "a b", "":
		return []byte("list " + name), nil
	case "large":
		return bytes.Repeat([]byte("x"), 1<<20), nil
	case "empty":
		return nil, nil
	case "busy":
		return nil, errors.New("not now")
	}
	return nil, tftp.ErrNotFound
}

// byNetHTTP serves the same files by net/http.
func byNetHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h["Date"] = nil
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	data, err := somewhere(strings.TrimPrefix(r.URL.Path, "/"))
	switch {
	case errors.Is(err, tftp.ErrNotFound):
		w.WriteHeader(http.StatusNotFound)
		return
	case err != nil:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(data)))
	h.Set("Cache-Control", "no-store")
	h.Set("Content-Type", "*/*")
	if r.Method == http.MethodGet {
		w.Write(data)
	}
}

// said is all that a server answers to some bytes.
func said(t *testing.T, addr, bytes string) string {
	conn, err := net.Dial("tcp4", addr)
	require.NoError(t, err)
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Minute))
	go io.WriteString(conn, bytes)
	answer, err := io.ReadAll(conn)
	require.NoError(t, err)
	return string(answer)
}

// Files are served as net/http serves them, to the byte.
func TestFilesAsByNetHTTP(t *testing.T) {
	listen := func() net.Listener {
		l, err := net.Listen("tcp4", "127.0.0.2:0")
		require.NoError(t, err)
		return l
	}
	limits := accept.Limits{Patience: 2 * time.Second}
	ours, theirs := serveFiles(listen(), limits, somewhere, nil), accept.ServeHTTP(listen(), limits, nil,
		http.HandlerFunc(byNetHTTP))
	defer ours.Close()
	defer theirs.Close()
	const host, last = "Host: x\r\n", "GET /ITLFile.tlv HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
	for _, request := range []string{
		last,
		"GET /ITLFile.tlv HTTP/1.1\r\nHost:198.51.100.0:6970\r\n\r\n" + last,
		"GET /nothing HTTP/1.1\r\n" + host + "\r\nGET /busy HTTP/1.1\r\n" + host + "\r\n" + last,
		"GET /large HTTP/1.1\r\n" + host + "\r\nGET /empty HTTP/1.1\r\n" + host + "\r\nHEAD /large HTTP/1.1\r\n" + host + "\r\n" + last,
		"HEAD /nothing HTTP/1.1\r\n" + host + "Connection: Close\r\n\r\n",
		"GET /a%20b?query HTTP/1.1\r\n" + host + "Connection: x, close\r\n\r\n",
		"GET http://other/a%20b HTTP/1.1\r\n" + host + "Connection: close\r\n\r\n",
		"GET / HTTP/1.1\nHost: x\nConnection: close\n\n",
		"GET /ITLFile.tlv HTTP/1.0\r\n\r\n",
		"GET /ITLFile.tlv HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET /nothing HTTP/1.0\r\n\r\n",
		"DELETE /ITLFile.tlv HTTP/1.1\r\n" + host + "\r\n" + last,
		"PUT /x HTTP/1.1\r\n" + host + "Content-Length: 1000\r\nConnection: close\r\n\r\n" + strings.Repeat("y", 1000),
		"GET /ITLFile.tlv HTTP/1.1\r\n\r\n",
		"GET /ITLFile.tlv HTTP/1.1\r\nHost: x\r\nhost: y\r\n\r\n",
		"GET /ITLFile.tlv HTTP/1.1\r\n" + host + "no colon\r\n\r\n",
		"GET /ITLFile.tlv HTTP/1.1\r\n" + host + "bad name: x\r\n\r\n",
		"GET /ITLFile.tlv HTTP/1.1\r\n" + host + "X: a\rContent-Length: 5\r\n\r\n",
		"GET /ITLFile.tlv HTTP/1.1\r\n" + host + "X: a\x00b\r\n\r\n",
		"GET /ITLFile.tlv HTTP/1.1\r\n" + host + "X:\ta \xff\t\r\nConnection: close\r\n\r\n",
		"GET /ITLFile.tlv HTTP/2.0\r\n" + host + "\r\n",
		"GET /ITLFile.tlv HTTP/1.x\r\n" + host + "\r\n",
		"GET /%zz HTTP/1.1\r\n" + host + "\r\n",
		"GET ITLFile.tlv HTTP/1.1\r\n" + host + "\r\n",
		"GET /ITLFile.tlv\r\n\r\n",
		"G<T /ITLFile.tlv HTTP/1.1\r\n" + host + "\r\n",
		"\x16\x03\x01\x00\n\n",
		"GET / HTTP/1.1\r\n",
	} {
		want := said(t, theirs.Addr().String(), request)
		assert.Equal(t, want, said(t, ours.Addr().String(), request), "%.200q", request)
	}
	// Both know limits; ours are nearer.
	long := "GET / HTTP/1.1\r\n" + host + "X: " + strings.Repeat("y", maxHead) + "\r\n\r\n"
	require.Contains(t, said(t, ours.Addr().String(), long), "HTTP/1.1 431 Request Header Fields Too Large\r\n")
	// An answer reaches those, too, who are still sending.
	put := "PUT /x HTTP/1.1\r\n" + host + "Content-Length: 300000\r\n\r\n" + strings.Repeat("y", 300000)
	require.Contains(t, said(t, ours.Addr().String(), put), "HTTP/1.1 405 Method Not Allowed\r\n")
}

// Whatever comes, an answer is read by net/http, and says whether the connection ends.
func FuzzFileRequest(f *testing.F) {
	f.Add([]byte("GET /ITLFile.tlv HTTP/1.1\r\nHost: x\r\n\r\nHEAD /a%20b HTTP/1.0\nConnection: keep-alive\n\n"))
	f.Add([]byte("PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\ny"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s := &httpFiles{find: somewhere}
		var b scratch
		in := bytes.NewReader(data)
		for range len(data) + 1 {
			head, err := b.readHead(in)
			if err != nil {
				return
			}
			r := parseRequest(head)
			out, file := s.answer(r, nil)
			answer, err := http.ReadResponse(bufio.NewReader(io.MultiReader(bytes.NewReader(out), bytes.NewReader(file))),
				&http.Request{Method: r.method})
			require.NoError(t, err)
			require.Equal(t, r.closes(), answer.Close || r.problem != 0)
			body, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			if r.problem == 0 {
				require.Equal(t, string(file), string(body))
			}
			b.in = b.in[:copy(b.in, b.in[len(head):])]
		}
		t.Fatal("more requests than bytes")
	})
}
