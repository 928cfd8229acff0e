package wire

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
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
	return p.IP()
}

// dial connects from the phone's own address. The time for HTTP runs from now on,
// and ends the connection.
func (f *Fleet) dial(s *slot, address string) (net.Conn, error) {
	ends := time.Now().Add(f.config.Limits.HTTPTimeout)
	ctx, cancel := context.WithDeadline(f.ctx, ends)
	defer cancel()
	dialer := &net.Dialer{KeepAlive: -1}
	if local := f.local(s.phone); local.IsValid() {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0))
	}
	conn, err := s.path.Dial(ctx, dialer, address)
	if err == nil {
		conn.SetDeadline(ends)
	}
	return conn, err
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
	const request = "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nAccept: */*\r\nConnection: close\r\n\r\n"
	if _, err := fmt.Fprintf(conn, request, path, host, agent); err != nil {
		return nil, err
	}
	const headers = 64 << 10
	buffer := readers.Get().(*bufio.Reader)
	defer readers.Put(buffer)
	buffer.Reset(io.LimitReader(conn, int64(limit+headers)))
	answer, err := http.ReadResponse(buffer, &http.Request{Method: http.MethodGet})
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, statusError(answer.StatusCode)
	}
	if length := answer.ContentLength; length >= 0 && length <= int64(limit) {
		data := make([]byte, length)
		_, err := io.ReadFull(answer.Body, data)
		return data, err
	}
	return io.ReadAll(io.LimitReader(answer.Body, int64(limit+1)))
}

// readers are *bufio.Reader that nobody uses.
var readers = sync.Pool{New: func() any { return bufio.NewReader(nil) }}
