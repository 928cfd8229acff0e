package wire

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"itlsim/phone"
	"itlsim/tftp"
)

// local is the address that a phone asks from.
func (f *Fleet) local(p *phone.Phone) netip.Addr {
	if f.config.Anywhere {
		return netip.Addr{}
	}
	return f.reached(p)
}

// dial connects from the phone's own address. The time for HTTP runs from now on,
// and ends the connection.
func (f *Fleet) dial(s *slot, address string) (net.Conn, error) {
	ends := time.Now().Add(f.config.Limits.HTTPTimeout)
	ctx, cancel := context.WithDeadline(f.ctx, ends)
	defer cancel()
	conn, err := s.path.Dial(ctx, f.local(s.phone), address)
	if err == nil {
		conn.SetDeadline(ends)
	}
	return conn, err
}

// endsWith has what is under way over a connection end with the fleet, until stop is
// called. No deadline may be set meanwhile.
func (f *Fleet) endsWith(conn net.Conn) (stop func() bool) {
	return context.AfterFunc(f.ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
}

// statusError is an HTTP answer other than 200.
type statusError int

func (e statusError) Error() string {
	return fmt.Sprintf("HTTP %d %s", int(e), http.StatusText(int(e)))
}

// Is makes 404 the same as TFTP's "file not found".
func (e statusError) Is(target error) bool {
	return target == tftp.ErrNotFound && e == http.StatusNotFound
}

// get asks for a page over a connection. Of one beyond the limit one byte more than
// that comes back.
func get(conn net.Conn, host, path, agent string, limit int) ([]byte, error) {
	request := make([]byte, 0, 512)
	for _, part := range [...]string{
		"GET ", path, " HTTP/1.1\r\nHost: ", host, "\r\nUser-Agent: ", agent, "\r\nAccept: */*\r\nConnection: close\r\n\r\n",
	} {
		request = append(request, part...)
	}
	if _, err := conn.Write(request); err != nil {
		return nil, err
	}
	const headers = 64 << 10
	r := readers.Get().(*reader)
	defer r.release()
	r.limited = io.LimitedReader{R: conn, N: int64(limit + headers)}
	r.buffer.Reset(&r.limited)
	status, body, err := r.answer()
	if err != nil {
		return nil, err
	}
	defer body.Close()
	if status.code != http.StatusOK {
		return nil, statusError(status.code)
	}
	if status.length >= 0 && status.length <= int64(limit) {
		data := make([]byte, status.length)
		_, err := io.ReadFull(body, data)
		return data, err
	}
	return io.ReadAll(io.LimitReader(body, int64(limit+1)))
}

// A reader reads an answer.
type reader struct {
	limited io.LimitedReader
	buffer  *bufio.Reader
}

// readers are *reader that nobody uses.
var readers = sync.Pool{New: func() any { return &reader{buffer: bufio.NewReader(nil)} }}

func (r *reader) release() {
	r.limited.R = nil
	readers.Put(r)
}

// A status is what an answer's first line and headers say.
type status struct {
	code   int
	length int64 // of the body; -1: until the end
}

// maxInterim is how many provisional answers may come before the final one; net/http's
// client takes as many.
const maxInterim = 5

// answer reads up to the body of the final answer. Provisional ones may come before it,
// though nobody asked for them (RFC 9110, 15.2). Most answers it understands by itself;
// net/http reads the others.
func (r *reader) answer() (status, io.ReadCloser, error) {
	for range maxInterim + 1 {
		if _, err := r.buffer.Peek(1); err == nil {
			some, _ := r.buffer.Peek(r.buffer.Buffered())
			if s, head := plain(some); head > 0 {
				_, err := r.buffer.Discard(head)
				return s, io.NopCloser(r.buffer), err
			}
		}
		a, err := http.ReadResponse(r.buffer, &http.Request{Method: http.MethodGet})
		if err != nil {
			return status{}, nil, err
		}
		if a.StatusCode >= 200 || a.StatusCode == http.StatusSwitchingProtocols {
			return status{a.StatusCode, a.ContentLength}, a.Body, nil
		}
	}
	return status{}, nil, errors.New("too many provisional answers")
}

// plain reads the answer to a GET whose head is whole, and says no more than how long
// the body is; head is where that begins. It is 0 for any other answer.
func plain(text []byte) (s status, head int) {
	end := bytes.Index(text, []byte("\r\n\r\n"))
	if end < 0 {
		return s, 0
	}
	line, headers, _ := bytes.Cut(text[:end+2], []byte("\r\n"))
	if len(line) < len("HTTP/1.1 200 ") || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) || line[12] != ' ' ||
		bytes.IndexFunc(line, isControl) >= 0 {
		return s, 0
	}
	for _, digit := range line[9:12] {
		if digit < '0' || '9' < digit {
			return s, 0
		}
		s.code = 10*s.code + int(digit-'0')
	}
	if s.code < 200 || s.code == http.StatusNoContent || s.code == http.StatusNotModified {
		return s, 0 // these have no body, whatever they say
	}
	for s.length = -1; len(headers) > 0; {
		line, headers, _ = bytes.Cut(headers, []byte("\r\n"))
		name, value, found := bytes.Cut(line, []byte(":"))
		switch {
		case !found || !isWord(name) || bytes.IndexFunc(value, isControl) >= 0:
			return s, 0
		case bytes.EqualFold(name, []byte("Content-Length")):
			n, err := strconv.ParseUint(string(bytes.TrimSpace(value)), 10, 63)
			if err != nil || s.length >= 0 {
				return s, 0
			}
			s.length = int64(n)
		case bytes.EqualFold(name, []byte("Transfer-Encoding")):
			return s, 0
		}
	}
	return s, end + len("\r\n\r\n")
}

// isWord reports whether a header's name has nothing but letters, digits and hyphens.
func isWord(name []byte) bool {
	for _, c := range name {
		if !('a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '-') {
			return false
		}
	}
	return len(name) > 0
}

func isControl(c rune) bool { return c < ' ' || c > '~' }
