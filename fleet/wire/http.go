package wire

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"time"

	"itlsim/itl"
	"itlsim/phone"
)

// dial connects from the phone's own address; the connection ends in time.
func (f *Fleet) dial(p *phone.Phone, address string) (net.Conn, error) {
	dialer := net.Dialer{Timeout: f.config.Limits.HTTPTimeout, KeepAlive: -1}
	if local := f.local(p); local.IsValid() {
		dialer.LocalAddr = net.TCPAddrFromAddrPort(netip.AddrPortFrom(local, 0))
	}
	conn, err := dialer.DialContext(f.ctx, "tcp", address)
	if err == nil {
		conn.SetDeadline(time.Now().Add(f.config.Limits.HTTPTimeout))
	}
	return conn, err
}

// statusError is an HTTP answer other than 200.
type statusError int

func (e statusError) Error() string {
	return fmt.Sprintf("HTTP %d %s", int(e), http.StatusText(int(e)))
}

// get asks for a page over a connection.
func get(conn net.Conn, host, path, agent string, most int64) ([]byte, error) {
	if _, err := fmt.Fprintf(conn, "GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: %s\r\nAccept: */*\r\nConnection: close\r\n\r\n", path, host, agent); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(io.LimitReader(conn, most+64<<10)), &http.Request{Method: http.MethodGet})
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return nil, statusError(answer.StatusCode)
	}
	return io.ReadAll(io.LimitReader(answer.Body, most+1))
}

// fetchHTTP asks for a file by HTTP on port 6970. Whatever it does not give, the
// phone asks for by TFTP.
func (f *Fleet) fetchHTTP(p *phone.Phone, a phone.Fetch) phone.Event {
	var data []byte
	err := f.patiently(func() error {
		conn, err := f.dial(p, a.Address())
		if err != nil {
			return err
		}
		defer conn.Close()
		defer context.AfterFunc(f.ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
		data, err = get(conn, a.Address(), "/"+url.PathEscape(a.Name), p.Profile().UserAgent(), itl.MaxFile)
		return err
	})
	switch {
	case err == statusError(http.StatusNotFound):
		return phone.FileNotFound{Seq: a.Seq}
	case err != nil:
		f.failures.add("HTTP", a.Address(), p.Name(), reason(err))
		return phone.NoAnswer{Seq: a.Seq, Err: err}
	case len(data) > itl.MaxFile:
		return phone.FileTooLarge{Seq: a.Seq, Err: fmt.Errorf("%s from %s: larger than %d bytes", a.Name, a.Address(), itl.MaxFile)}
	}
	return phone.FileReceived{Seq: a.Seq, Data: data}
}
