package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"itlsim/tvs"
)

// A way is what a stranger does with a connection until it is cut off.
type way struct {
	name string
	does func(conn net.Conn, service string)

	open            atomic.Int64
	opened, refused atomic.Uint64
}

var ways = []*way{
	{name: "silent", does: func(conn net.Conn, _ string) { drain(conn) }},
	{name: "half", does: half},
	{name: "drip", does: drip},
	{name: "asks", does: func(conn net.Conn, service string) {
		if conn = dressed(conn, service, nil); conn != nil {
			conn.Write(question(service))
			drain(conn)
		}
	}},
	{name: "gorges", does: gorges},
	{name: "names", does: names},
	{name: "comes", does: func(net.Conn, string) {}}, // and goes
}

func wayNames() (names []string) {
	for _, w := range ways {
		names = append(names, w.name)
	}
	return names
}

// goOn connects again and again.
func (w *way) goOn(ctx context.Context, t target, from netip.Addr) {
	pause(ctx, time.Duration(rand.Int64N(int64(coming))))
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: from.AsSlice()}, KeepAlive: -1}
	for ctx.Err() == nil {
		conn, err := dialer.DialContext(ctx, "tcp4", t.at.String())
		if err != nil {
			w.refused.Add(1)
			pause(ctx, again)
			continue
		}
		w.opened.Add(1)
		w.open.Add(1)
		stop := context.AfterFunc(ctx, func() { conn.Close() })
		w.does(conn, t.service)
		conn.Close()
		if stop() {
			w.open.Add(-1)
			pause(ctx, again)
		}
	}
}

// drain waits until a connection is cut off.
func drain(conn net.Conn) { io.Copy(io.Discard, conn) }

// half begins what the service waits for, and stops: by TLS when the server has
// computed its part of the handshake.
func half(conn net.Conn, service string) {
	if byTLS(service) {
		dressed(conn, service, func([][]byte, [][]*x509.Certificate) error {
			drain(conn)
			return errors.New("cut off")
		})
		return
	}
	q := question(service)
	conn.Write(q[:len(q)/2])
	drain(conn)
}

// drip sends a byte a second.
func drip(conn net.Conn, service string) {
	go drain(conn)
	q := question(service)
	if byTLS(service) {
		q = []byte{22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3} // how a ClientHello begins
	}
	for i := 0; ; i++ {
		if _, err := conn.Write([]byte{q[i%len(q)]}); err != nil {
			return
		}
		time.Sleep(time.Second)
	}
}

// gorges asks without end and never reads an answer.
func gorges(conn net.Conn, service string) {
	if conn = dressed(conn, service, nil); conn == nil {
		return
	}
	for {
		if _, err := conn.Write(question(service)); err != nil {
			return
		}
	}
}

func byTLS(service string) bool { return service == "tvs" || service == "https" || service == "sips" }

// dressed is a connection as its service speaks, by TLS or not; nil where the handshake
// fails, as it does where a certificate is asked for.
func dressed(conn net.Conn, service string, verify func([][]byte, [][]*x509.Certificate) error) net.Conn {
	if !byTLS(service) {
		return conn
	}
	c := tls.Client(conn, &tls.Config{
		InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, VerifyPeerCertificate: verify,
	})
	if c.Handshake() != nil {
		return nil
	}
	return c
}

// question is what a service answers.
func question(service string) []byte {
	switch service {
	case "http", "https":
		return []byte("GET /ITLFile.tlv HTTP/1.1\r\nHost: x\r\n\r\n")
	case "sip", "sips":
		return []byte("OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:x@x>;tag=1\r\n" +
			"To: <sip:x@x>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
	case "tvs":
		r := tvs.Request{Command: tvs.QueryRequest, Device: "SEP000000000000", Issuer: "CN=x", Serial: []byte{1}}
		b, err := r.AppendBinary(nil)
		if err != nil {
			panic(fmt.Sprint("of constants: ", err))
		}
		return b
	}
	return []byte("SSH-2.0-stranger\r\n")
}
