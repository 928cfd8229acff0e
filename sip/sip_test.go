package sip

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// golden7821 is the phone of testdata/golden/devicetlinfo-refer.txt.
var golden7821 = Phone{
	Device: "SEPC80084AA8743", Number: "2222", Address: netip.MustParseAddrPort("192.168.7.104:51778"),
	UserAgent: "Cisco-CP7821/12.1.1", DeviceType: 621, Load: "sip78xx.12-1-1-12",
}

func goldenAlarm() []byte {
	sum := Checksum{
		0x1B, 0xA1, 0xC9, 0x07, 0xE9, 0x9E, 0x4D, 0x3C, 0x53, 0x9D, 0xC8, 0x14,
		0x24, 0xAF, 0x6C, 0x9F, 0x7D, 0xCE, 0x4D, 0x6D,
	}
	return DeviceTLInfo{
		Device: "SEPC80084AA8743", IPv4: netip.MustParseAddr("192.168.7.104"),
		ITL: &sum, ITLServer: "cucm-115.home.lab",
	}.XML()
}

// Identifiers that a phone draws: branch, tag, Call-ID after the MAC address,
// content id, the contact's UUID.
var identifiers = regexp.MustCompile(`z9hG4bK[0-9a-f]{8}|` +
	`(?:tag=c80084aa8743)[0-9a-f]{12}-[0-9a-f]{8}|` +
	`(?:c80084aa-8743)[0-9a-f]{4}-[0-9a-f]{8}-[0-9a-f]{8}|` +
	`(?:cid:|<)[0-9a-f]{8}@|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`)

func TestReferIsTheGoldenMessage(t *testing.T) {
	want, err := os.ReadFile("../testdata/golden/devicetlinfo-refer.txt")
	require.NoError(t, err)
	got := golden7821.Refer("192.168.7.200", 0, time.Date(2019, 3, 9, 18, 32, 45, 0, time.UTC), goldenAlarm())
	require.Contains(t, string(got), "\r\nContent-Length: 569\r\n")
	mask := func(text []byte) string { return identifiers.ReplaceAllString(string(text), "*") }
	text := strings.ReplaceAll(string(got), "\r\n", "\n")
	require.Empty(t, cmp.Diff(mask(bytes.TrimSuffix(want, []byte("\n"))), mask([]byte(text))))
	require.GreaterOrEqual(t, strings.Count(mask(want), "*"), 6, "the mask meets the identifiers")
}

// The names and parameters of a real REGISTER (wire-formats, section 4).
func TestRegisterNamesThePhone(t *testing.T) {
	msg, err := sip.ParseMessage(golden7821.Register("192.168.7.200", 101, time.Unix(0, 0), "Reset-Restart"))
	require.NoError(t, err)
	r := msg.(*sip.Request)
	require.Equal(t, `SIP;cause=200;text="cisco-alarm:23 Name=SEPC80084AA8743 `+
		`ActiveLoad=sip78xx.12-1-1-12.loads InactiveLoad=sip78xx.12-1-1-12.loads Last=reset-restart"`,
		r.GetHeader("Reason").Value())
	require.Equal(t, "3600", r.GetHeader("Expires").Value())
	name, _ := r.Contact().Params.Get("+u.sip!devicename.ccm.cisco.com")
	require.Equal(t, "SEPC80084AA8743", strings.Trim(name, `"`))
	model, _ := r.Contact().Params.Get("+u.sip!model.ccm.cisco.com")
	require.Equal(t, "621", strings.Trim(model, `"`))
}

func TestRegistrationsOfOneBootShareTheirCallID(t *testing.T) {
	callID := func(p Phone, seq uint32) string {
		msg, err := sip.ParseMessage(p.Register("127.0.0.2", seq, time.Unix(0, 0), "Initialized"))
		require.NoError(t, err)
		return msg.(*sip.Request).CallID().Value()
	}
	next := golden7821
	next.Session++
	require.Equal(t, callID(golden7821, 1), callID(golden7821, 2))
	require.NotEqual(t, callID(golden7821, 1), callID(next, 1))
}

func listen(t *testing.T, cfg ServerConfig) *Server {
	l, err := net.Listen("tcp4", "127.0.0.2:0")
	require.NoError(t, err)
	s := Serve(l, cfg)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func answering(code int) func(_, _ netip.AddrPort, r *sip.Request) *sip.Response {
	return func(_, _ netip.AddrPort, r *sip.Request) *sip.Response {
		return sip.NewResponseFromRequest(r, code, "as told", nil)
	}
}

func TestAskInOrderOverOneConnection(t *testing.T) {
	var seen []string
	s := listen(t, ServerConfig{Handle: func(local, remote netip.AddrPort, r *sip.Request) *sip.Response {
		require.Equal(t, netip.MustParseAddr("127.20.0.1"), remote.Addr())
		require.Equal(t, netip.MustParseAddr("127.0.0.2"), local.Addr())
		seen = append(seen, r.Method.String()+" "+string(r.Body()))
		return sip.NewResponseFromRequest(r, 202, "Accepted", nil)
	}})
	c := Client{Local: netip.MustParseAddr("127.20.0.1")}
	conn, err := c.Dial(t.Context(), s.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	for i, alarm := range []string{"one", "two"} {
		r, err := conn.Ask(golden7821.Refer("127.0.0.2", i, time.Now(), []byte(alarm)))
		require.NoError(t, err)
		require.Equal(t, 202, r.StatusCode)
	}
	_, err = conn.Ask(golden7821.Register("127.0.0.2", 1, time.Now(), "Initialized"))
	require.NoError(t, err)
	require.Equal(t, []string{"REFER one", "REFER two", "REGISTER "}, seen)
}

func TestRefusalsAreTyped(t *testing.T) {
	s := listen(t, ServerConfig{Handle: answering(404)})
	ask := func(s *Server, timeout time.Duration) error {
		c := Client{Timeout: timeout}
		conn, err := c.Dial(t.Context(), s.Addr().String())
		if err != nil {
			return err
		}
		defer conn.Close()
		_, err = conn.Ask(golden7821.Register("127.0.0.2", 1, time.Now(), "Initialized"))
		return err
	}
	rejected, ok := errors.AsType[*RejectedError](ask(s, 0))
	require.True(t, ok)
	require.Equal(t, 404, rejected.Code)

	silent := listen(t, ServerConfig{Handle: func(_, _ netip.AddrPort, _ *sip.Request) *sip.Response { return nil }})
	silence, ok := errors.AsType[*NoAnswerError](ask(silent, time.Second))
	require.True(t, ok)
	require.Equal(t, "REGISTER", silence.During)
	require.ErrorIs(t, silence, context.DeadlineExceeded)

	require.NoError(t, silent.Close())
	silence, ok = errors.AsType[*NoAnswerError](ask(silent, 0))
	require.True(t, ok)
	require.Equal(t, "connecting", silence.During)
}

// A real phone keeps its connection and listens nowhere: its resets come over
// that connection.
func TestServerAsksOverThePeersConnection(t *testing.T) {
	s := listen(t, ServerConfig{Handle: answering(200)})
	c := Client{}
	conn, err := c.Dial(t.Context(), s.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.Ask(golden7821.Register("127.0.0.2", 1, time.Now(), "Initialized"))
	require.NoError(t, err)
	done := make(chan error, 1)
	go func() {
		msg, err := conn.next()
		if err == nil {
			r := msg.(*sip.Request)
			_, err = conn.Write([]byte(sip.NewResponseFromRequest(r, 200, "OK", nil).String()))
		}
		done <- err
	}()
	peer := conn.LocalAddr().(*net.TCPAddr).AddrPort()
	notify := Notify(s.Addr().String(), "sip:x@127.0.0.1:5060", "reset", "1", time.Now())
	_, open, err := s.Ask(t.Context(), peer, "1@127.0.0.2", notify)
	require.True(t, open)
	require.NoError(t, err)
	require.NoError(t, <-done)
	_, open, _ = s.Ask(t.Context(), netip.MustParseAddrPort("127.9.9.9:1"), "2", nil)
	require.False(t, open)
}

func TestHostileBytesEndTheConnectionAlone(t *testing.T) {
	s := listen(t, ServerConfig{Handle: answering(200)})
	for _, bytes := range []string{
		"GET / HTTP/1.1\r\n\r\n",
		"REGISTER sip:x SIP/2.0\r\nContent-Length: 99999999\r\n\r\n",
		"REGISTER sip:x SIP/2.0\r\nContent-Length: 0\r\n\r\n",
		"REGISTER sip:x SIP/2.0\r\nX: " + strings.Repeat("y", 1<<17),
	} {
		conn, err := net.Dial("tcp", s.Addr().String())
		require.NoError(t, err)
		conn.Write([]byte(bytes))
		answer, _ := io.ReadAll(conn)
		require.Empty(t, answer)
		conn.Close()
	}
	require.EqualValues(t, 4, s.Broken())
	c := Client{}
	conn, err := c.Dial(t.Context(), s.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.Ask(golden7821.Register("127.0.0.2", 1, time.Now(), "Initialized"))
	require.NoError(t, err)
}

// piped is a connection whose peer said everything already.
type piped struct {
	net.Conn
	io.Reader
}

func (p piped) Read(b []byte) (int, error) { return p.Reader.Read(b) }
func (piped) Close() error                 { return nil }

func FuzzReadMessage(f *testing.F) {
	f.Add(golden7821.Refer("192.168.7.200", 0, time.Unix(0, 0), goldenAlarm()))
	f.Add(golden7821.Register("192.168.7.200", 1, time.Unix(0, 0), "Initialized"))
	f.Add(Notify("127.0.0.2:5060", "sip:x@127.0.0.1:5060", "reset", "1", time.Unix(0, 0)))
	f.Add([]byte("SIP/2.0 202 Accepted\r\nContent-Length: 0\r\n\r\n\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		conn := newConn(piped{Reader: bytes.NewReader(data)})
		defer conn.Close()
		for range len(data) + 1 {
			msg, err := conn.next()
			if err != nil {
				return
			}
			require.LessOrEqual(t, len(msg.Body()), maxMessage)
		}
		t.Fatal("more messages than bytes")
	})
}

func BenchmarkParseRefer(b *testing.B) {
	data := golden7821.Refer("192.168.7.200", 0, time.Unix(0, 0), goldenAlarm())
	b.ReportAllocs()
	for b.Loop() {
		conn := newConn(piped{Reader: bytes.NewReader(data)})
		if _, err := conn.next(); err != nil {
			b.Fatal(err)
		}
		conn.Close()
	}
}

func BenchmarkExchange(b *testing.B) {
	l, err := net.Listen("tcp4", "127.0.0.2:0")
	require.NoError(b, err)
	s := Serve(l, ServerConfig{Handle: answering(200)})
	defer s.Close()
	alarm := goldenAlarm()
	c := Client{Local: netip.MustParseAddr("127.20.0.1")}
	for b.Loop() {
		conn, err := c.Dial(b.Context(), s.Addr().String())
		require.NoError(b, err)
		_, err = conn.Ask(golden7821.Refer("127.0.0.2", 0, time.Unix(0, 0), alarm))
		require.NoError(b, err)
		_, err = conn.Ask(golden7821.Register("127.0.0.2", 1, time.Unix(0, 0), "Initialized"))
		require.NoError(b, err)
		conn.Close()
	}
}
