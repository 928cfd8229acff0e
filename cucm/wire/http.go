package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"itlsim/cucm"
	"itlsim/internal/accept"
	"itlsim/internal/contain"
	"itlsim/tftp"
)

// httpFiles serves files by HTTP/1.0 and 1.1, as net/http would with a handler for them,
// to the byte (TestFilesAsByNetHTTP), but for a tenth of the objects: most of what a boot
// costs a node came from there.
type httpFiles struct {
	connections *accept.Server
	find        tftp.FileFunc

	files, bytes, notFound atomic.Uint64
}

// serveFiles serves what find has on a listener, which is its own from then on. fault,
// where not nil, is told of a panic, which ends a connection alone.
func serveFiles(l net.Listener, limits accept.Limits, find tftp.FileFunc, fault func(error)) *httpFiles {
	s := &httpFiles{find: find}
	s.connections = accept.Serve(l, limits, contain.Serving(fault, s.serve))
	return s
}

// Addr is where the server listens.
func (s *httpFiles) Addr() netip.AddrPort { return s.connections.Addr() }

// Close cuts all connections.
func (s *httpFiles) Close() error { return s.connections.Close() }

// stats counts what came.
func (s *httpFiles) stats() cucm.HTTPStats {
	return cucm.HTTPStats{Files: s.files.Load(), Bytes: s.bytes.Load(), NotFound: s.notFound.Load()}
}

// maxHead bounds the first line and the headers of a request, in bytes. What phones
// send has 200.
const maxHead = 16 << 10

// headSize is how much of them is read at a time.
const headSize = 1 << 10

// scratch is what a connection reads into and writes from.
type scratch struct{ in, out []byte }

var scratches = sync.Pool{New: func() any { return &scratch{in: make([]byte, 0, headSize)} }}

// maxScratch is how much of a scratch is kept for the next connection, in bytes: of an
// answer with a list or a configuration.
const maxScratch = 32 << 10

// serve answers request after request.
func (s *httpFiles) serve(_ context.Context, conn *accept.Conn) {
	b := scratches.Get().(*scratch)
	b.in = b.in[:0]
	defer func() {
		if cap(b.in)+cap(b.out) <= maxScratch {
			scratches.Put(b)
		}
	}()
	for {
		head, err := b.readHead(conn)
		if err != nil && head == nil {
			return
		}
		r := parseRequest(head)
		if err != nil {
			r = request{problem: http.StatusRequestHeaderFieldsTooLarge}
		}
		var data []byte
		b.out, data = s.answer(r, b.out[:0])
		if len(b.out)+len(data) <= maxScratch {
			b.out, data = append(b.out, data...), nil
		}
		_, err = conn.Write(b.out)
		if err == nil && data != nil {
			_, err = conn.Write(data)
		}
		if err != nil {
			return
		}
		if r.closes() {
			if r.problem != 0 || r.body {
				linger(conn)
			}
			return
		}
		b.in = b.in[:copy(b.in, b.in[len(head):])]
		conn.Expect()
	}
}

// linger ends a connection on which the peer may still be sending. Closed at once, it
// would be reset, and the answer lost (RFC 9112, 9.6).
func linger(conn *accept.Conn) {
	if tcp, ok := conn.Conn.(*net.TCPConn); ok && tcp.CloseWrite() == nil {
		conn.SetReadDeadline(time.Now().Add(500 * time.Millisecond))
		_, _ = io.Copy(io.Discard, conn) // until the peer closes, or the deadline
	}
}

// readHead reads up to the empty line behind the headers. Where they are too long it
// returns what has come, and an error.
func (b *scratch) readHead(conn io.Reader) ([]byte, error) {
	for scanned := 0; ; {
		if end := headEnd(b.in, scanned); end > 0 {
			return b.in[:end], nil
		}
		if len(b.in) >= maxHead {
			return b.in, errors.New("headers too long")
		}
		scanned = max(0, len(b.in)-3)
		if len(b.in) == cap(b.in) {
			b.in = append(make([]byte, 0, max(headSize, 2*cap(b.in))), b.in...)
		}
		n, err := conn.Read(b.in[len(b.in):cap(b.in)])
		if b.in = b.in[:len(b.in)+n]; n == 0 {
			return nil, err
		}
	}
}

// headEnd is where the first empty line ends; 0 if there is none. A line may end in LF
// alone (RFC 9112, 2.2).
func headEnd(b []byte, from int) int {
	for i := from; ; i++ {
		next := bytes.IndexByte(b[i:], '\n')
		if next < 0 {
			return 0
		}
		i += next
		rest := b[i+1:]
		if bytes.HasPrefix(rest, []byte("\n")) {
			return i + 2
		}
		if bytes.HasPrefix(rest, []byte("\r\n")) {
			return i + 3
		}
	}
}

// A request is what counts of one.
type request struct {
	method  string
	path    string
	old     bool // HTTP/1.0
	keep    bool // Connection: keep-alive
	close   bool // Connection: close
	hosts   int  // headers Host
	body    bool // one follows
	problem int  // the status that tells what is wrong with the request; 0: nothing
	why     string
}

// closes reports whether the connection ends with the answer.
func (r *request) closes() bool { return r.problem != 0 || r.close || r.body || r.old && !r.keep }

// parseRequest reads the first line and the headers of a request.
func parseRequest(head []byte) (r request) {
	line, lines := nextLine(string(head))
	method, rest, _ := strings.Cut(line, " ")
	target, version, found := strings.Cut(rest, " ")
	r.method = method
	bad := func(why string) request { return request{problem: http.StatusBadRequest, why: why} }
	switch {
	case !found || !isToken(method):
		return bad("")
	case version == "HTTP/1.0":
		r.old = true
	case version != "HTTP/1.1":
		if major, _, ok := http.ParseHTTPVersion(version); !ok || major == 1 {
			return bad("")
		}
		return request{problem: http.StatusHTTPVersionNotSupported, why: "unsupported protocol version"}
	}
	for line, lines = nextLine(lines); line != ""; line, lines = nextLine(lines) {
		name, value, found := strings.Cut(line, ":")
		switch {
		case !found || strings.ContainsFunc(value, isControl):
			return bad("")
		case !isToken(name):
			return bad("invalid header name")
		}
		r.header(name, strings.TrimSpace(value))
	}
	switch {
	case r.hosts > 1:
		return bad("")
	case r.hosts == 0 && !r.old:
		return bad("missing required Host header")
	}
	r.path = target
	if !isPlain(target) {
		u, err := url.ParseRequestURI(target)
		if err != nil {
			return bad("")
		}
		r.path = u.Path
	}
	return r
}

// nextLine cuts a line off that ends in LF or CRLF.
func nextLine(text string) (line, rest string) {
	line, rest, _ = strings.Cut(text, "\n")
	return strings.TrimSuffix(line, "\r"), rest
}

// isPlain reports whether a request's target is a path as phones write it, in which
// nothing stands for something else.
func isPlain(target string) bool {
	for i := range len(target) {
		c := target[i]
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '.' || c == '-' || c == '/') {
			return false
		}
	}
	return strings.HasPrefix(target, "/")
}

// header takes what a header says of the connection.
func (r *request) header(name, value string) {
	switch {
	case strings.EqualFold(name, "Host"):
		r.hosts++
	case strings.EqualFold(name, "Content-Length"):
		r.body = r.body || value != "0"
	case strings.EqualFold(name, "Transfer-Encoding"):
		r.body = true
	case strings.EqualFold(name, "Connection"):
		for word := range strings.SplitSeq(value, ",") {
			word = strings.TrimSpace(word)
			r.close = r.close || strings.EqualFold(word, "close")
			r.keep = r.keep || strings.EqualFold(word, "keep-alive")
		}
	}
}

// isToken reports whether a text is a word of HTTP (RFC 9110, 5.6.2).
func isToken(text string) bool {
	for i := range len(text) {
		c := text[i]
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0) {
			return false
		}
	}
	return text != ""
}

// isControl reports whether a character must not be in a header's value: a CR alone is no
// end of a line here, and must not be one for whoever reads what is repeated or logged
// (RFC 9110, 5.5).
func isControl(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }

// answer writes an answer's first line and headers, and returns the file that goes
// behind them, if any. The headers of files are those that a 7821 saw: Content-Length,
// Cache-Control: no-store, Content-Type: */*.
func (s *httpFiles) answer(r request, b []byte) (head, file []byte) {
	if r.problem != 0 {
		return refuse(r, b), nil
	}
	status, headers := http.StatusOK, ""
	var data []byte
	if r.method != http.MethodGet && r.method != http.MethodHead {
		status, headers = http.StatusMethodNotAllowed, "Allow: GET, HEAD\r\n"
	} else {
		var err error
		data, err = s.find(strings.TrimPrefix(r.path, "/"))
		switch {
		case errors.Is(err, tftp.ErrNotFound):
			s.notFound.Add(1)
			status = http.StatusNotFound
		case err != nil:
			status = http.StatusServiceUnavailable
		default:
			headers = "Cache-Control: no-store\r\n"
			s.files.Add(1)
			s.bytes.Add(uint64(len(data)))
		}
	}
	b = append(b, "HTTP/1.1 "...)
	if r.old {
		b = append(b[:len(b)-len("1 ")], "0 "...)
	}
	b = strconv.AppendInt(b, int64(status), 10)
	b = append(append(b, ' '), http.StatusText(status)...)
	b = append(append(b, "\r\n"...), headers...)
	if status == http.StatusOK || r.method != http.MethodHead {
		b = strconv.AppendInt(append(b, "Content-Length: "...), int64(len(data)), 10)
		b = append(b, "\r\n"...)
	}
	if status == http.StatusOK {
		b = append(b, "Content-Type: */*\r\n"...)
	}
	switch {
	case r.closes() && !r.old:
		b = append(b, "Connection: close\r\n"...)
	case !r.closes() && r.old:
		b = append(b, "Connection: keep-alive\r\n"...)
	}
	b = append(b, "\r\n"...)
	if r.method == http.MethodHead {
		data = nil
	}
	return b, data
}

// refuse answers what is no request.
func refuse(r request, b []byte) []byte {
	text := strconv.Itoa(r.problem) + " " + http.StatusText(r.problem)
	if r.why != "" {
		text += ": " + r.why
	}
	b = append(append(b, "HTTP/1.1 "...), text...)
	return append(append(b, "\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n"...), text...)
}
