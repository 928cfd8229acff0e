package tvs

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

func trust([]byte) error { return nil }

func TestWrongCertificate(t *testing.T) {
	shown := identity(t, "")
	refusal := errors.New("not in the trust list")
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12, tls.VersionTLS13} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			s := listen(t, ServerConfig{Certificate: showing(shown)})
			phone := Client{MinVersion: version, MaxVersion: version}
			_, err := phone.Ask(t.Context(), s.Addr().String(), func([]byte) error { return refusal }, query)
			var mismatch *MismatchError
			require.ErrorAs(t, err, &mismatch)
			require.ErrorIs(t, err, refusal)
			require.Equal(t, shown.Certificate[0], mismatch.Certificate)
			require.EqualError(t, err, "TVS "+s.Addr().String()+": certificate refused: not in the trust list")

			require.NoError(t, s.Close())
			require.Equal(t, ServerStats{Failed: 1}, s.Stats(), "nothing was asked")
		})
	}
}

// secure is a peer that handshakes before it does as it likes.
func secure(t *testing.T, do func(net.Conn)) string {
	config := &tls.Config{Certificates: []tls.Certificate{*identity(t, "")}}
	return peer(t, func(raw net.Conn) {
		conn := tls.Server(raw, config)
		if conn.Handshake() == nil {
			do(conn)
			conn.Close()
		}
	})
}

// answering is a peer that takes the request and sends these bytes.
func answering(t *testing.T, b []byte) string {
	return secure(t, func(conn net.Conn) {
		if _, err := ReadRequest(conn); err == nil {
			conn.Write(b)
		}
	})
}

func greet(conn net.Conn) {
	io.WriteString(conn, "220 ready\r\n")
	drain(conn)
}

func drain(conn net.Conn) { io.Copy(io.Discard, conn) }

// drip sends the longest answer, a byte now and then.
func drip(conn net.Conn) {
	answer := append(message(QueryAnswer, ""), make([]byte, maxPayload)...)
	answer[8], answer[9] = 0xff, 0xff
	for i := range answer {
		if _, err := conn.Write(answer[i : i+1]); err != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func TestUnreachable(t *testing.T) {
	nobody, err := net.Listen("tcp", "127.0.0.9:0") // an address of its own, whose ports no other test gets
	require.NoError(t, err)
	require.NoError(t, nobody.Close())

	for name, test := range map[string]struct {
		addr   string
		during string
		cause  error
	}{
		"nobody listens":           {nobody.Addr().String(), "connecting", syscall.ECONNREFUSED},
		"hangs after accept":       {peer(t, drain), "handshake", context.DeadlineExceeded},
		"closes after accept":      {peer(t, func(net.Conn) {}), "handshake", nil},
		"speaks no TLS":            {peer(t, greet), "handshake", nil},
		"closes after handshake":   {secure(t, func(net.Conn) {}), "answer", io.EOF},
		"closes after the request": {answering(t, nil), "answer", io.EOF},
		"hangs after the request":  {secure(t, drain), "answer", context.DeadlineExceeded},
		"drips":                    {secure(t, drip), "answer", context.DeadlineExceeded},
		"breaks off":               {answering(t, message(QueryAnswer, "07 0001 00")[:12]), "answer", io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			phone := Client{Timeout: time.Minute}
			switch {
			case test.cause != context.DeadlineExceeded:
			case test.during == "answer":
				phone.Timeout = 10 * time.Second // also for the handshake, which needs far less
			default:
				phone.Timeout = time.Second
			}
			_, err := phone.Ask(t.Context(), test.addr, trust, query)
			var unreachable *UnreachableError
			require.ErrorAs(t, err, &unreachable)
			require.Equal(t, test.addr, unreachable.Peer)
			require.False(t, unreachable.Local())
			require.ErrorContains(t, err, test.addr)
			if test.cause != nil {
				require.ErrorIs(t, err, test.cause)
				require.Equal(t, test.during, unreachable.During)
			}
		})
	}
}

func TestCallerGivesUp(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	addr := secure(t, func(conn net.Conn) {
		cancel()
		drain(conn)
	})
	var phone Client
	_, err := phone.Ask(ctx, addr, trust, query)
	require.ErrorAs(t, err, new(*UnreachableError))
	require.ErrorIs(t, err, context.Canceled)
}

func TestLocalFaults(t *testing.T) {
	phone := Client{Local: netip.MustParseAddr("192.0.2.1")} // not of this machine
	_, err := phone.Ask(t.Context(), "127.0.0.1:2445", trust, query)
	var unreachable *UnreachableError
	require.ErrorAs(t, err, &unreachable)
	require.True(t, unreachable.Local(), err)

	noDescriptors := &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", syscall.EMFILE)}
	require.True(t, (&UnreachableError{Err: noDescriptors}).Local())
}

func TestNonsense(t *testing.T) {
	for name, test := range map[string]struct {
		answer []byte
		want   string
	}{
		"another protocol": {[]byte("HTTP/1.1 400 Bad Request\r\n"),
			"malformed TVS message: byte 0, header: protocol 0x48, not 0x57"},
		"its own request": {message(QueryRequest, ""), "malformed TVS message: byte 2, header: unexpected QUERY request"},
		"a bad element": {message(QueryAnswer, "07 0009 00"),
			"malformed TVS message: byte 10, status: length 9, but 1 bytes are left"},
		"no status":       {message(QueryAnswer, ""), "malformed TVS message: byte 10, status: missing"},
		"another command": {message(VerifyAnswer, "07 0001 00"), "VERIFY answer to a QUERY request"},
		"another session": {message(QueryAnswer, "07 0001 00"), "session id 1001, not 1002"},
	} {
		t.Run(name, func(t *testing.T) {
			addr := answering(t, test.answer)
			var phone Client
			_, err := phone.Ask(t.Context(), addr, trust, query)
			require.ErrorAs(t, err, new(*ProtocolError))
			require.EqualError(t, err, "TVS "+addr+": "+test.want)
		})
	}
}

func TestAnswerInPiecesAndAnotherOrder(t *testing.T) {
	want := Answer{Command: QueryAnswer, Session: 1001, Certificate: []byte{0x30, 0}} // no roles, no duration
	b := message(QueryAnswer, "02 0002 3000  06 0001 ff  07 0001 00")
	addr := secure(t, func(conn net.Conn) {
		if _, err := ReadRequest(conn); err == nil {
			for i := range b {
				conn.Write(b[i : i+1])
			}
		}
	})
	request := query
	request.Session = 1001
	var phone Client
	got, err := phone.Ask(t.Context(), addr, trust, request)
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(want, got))
}

func TestPhoneHasItsOwnAddress(t *testing.T) {
	from := make(chan string, 1)
	addr := peer(t, func(conn net.Conn) { from <- conn.RemoteAddr().(*net.TCPAddr).IP.String() })
	phone := Client{Local: netip.MustParseAddr("127.7.8.9")}
	_, err := phone.Ask(t.Context(), addr, trust, query)
	require.ErrorAs(t, err, new(*UnreachableError))
	require.Equal(t, "127.7.8.9", <-from)
}

func TestUnfitRequestIsNotSent(t *testing.T) {
	var phone Client
	_, err := phone.Ask(t.Context(), "127.0.0.1:2445", trust, Request{Command: QueryAnswer})
	require.ErrorAs(t, err, new(*FormatError))
	require.ErrorContains(t, err, "127.0.0.1:2445")
}

// BenchmarkExchange is one question and its answer over a connection of its
// own, both ends in this process.
func BenchmarkExchange(b *testing.B) {
	for name, keyFile := range map[string]string{"RSA2048": "testkey-rsa2048.pem", "ECDSA": ""} {
		certificate := identity(b, keyFile)
		s := listen(b, ServerConfig{Certificate: showing(certificate)})
		for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
			b.Run(name+"/"+tls.VersionName(version), func(b *testing.B) {
				phone := Client{MinVersion: version, MaxVersion: version}
				b.ReportAllocs()
				b.SetParallelism(8)
				b.RunParallel(func(pb *testing.PB) {
					for pb.Next() {
						_, err := phone.Ask(b.Context(), s.Addr().String(), only(certificate), query)
						if err != nil {
							b.Error(err)
							return
						}
					}
				})
			})
		}
	}
}
