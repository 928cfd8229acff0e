package sip

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// golden7821 is the phone of testdata/golden/devicetlinfo-refer.txt.
var golden7821 = Phone{
	Device: "SEPC80084AA8743", Number: "2222", Address: netip.MustParseAddrPort("192.168.7.104:51778"),
	UserAgent: "Cisco-CP7821/12.1.1", DeviceType: 621, Load: "sip78xx.12-1-1-12", SIS: "7.0.0", SessionID: true,
}

// initialized is the reason of a phone that got power.
var initialized = &Reason{25, "initialized"}

func goldenAlarm() []byte {
	sum := Checksum{
		0x1B, 0xA1, 0xC9, 0x07, 0xE9, 0x9E, 0x4D, 0x3C, 0x53, 0x9D, 0xC8, 0x14,
		0x24, 0xAF, 0x6C, 0x9F, 0x7D, 0xCE, 0x4D, 0x6D,
	}
	return DeviceTLInfo{
		Device: "SEPC80084AA8743", IPv4: netip.MustParseAddr("192.168.7.104"),
		ITL: &sum, ITLServer: "cucm-115.home.lab", Code: TLNewITL,
	}.XML()
}

func listen(t *testing.T, cfg ServerConfig) *Server {
	l, err := net.Listen("tcp4", "127.0.0.2:0")
	require.NoError(t, err)
	s := Serve(l, cfg)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

func answering(code int) func(*Exchange) {
	return func(x *Exchange) { x.Answer(Reply{Code: code, Phrase: "as told"}) }
}

// A phone sends its alarms and its REGISTER without waiting in between; whatever
// order the answers come in, each is told apart, and provisional ones are not
// taken for them.
func TestAlarmsAndRegisterAtOnce(t *testing.T) {
	var seen []string
	var waiting []*Exchange
	s := listen(t, ServerConfig{Handle: func(x *Exchange) {
		require.Equal(t, netip.MustParseAddr("127.20.0.1"), x.Remote.Addr())
		require.Equal(t, netip.MustParseAddr("127.0.0.2"), x.Local.Addr())
		seen = append(seen, x.Request.Method+" "+strings.Fields(string(x.Request.Body) + " -")[0])
		if waiting = append(waiting, x); len(waiting) < 3 {
			return // no answer yet, and the phone goes on all the same
		}
		x.Answer(Reply{Code: 100}, Reply{Code: 200})
		waiting[1].Answer(Reply{Code: 403})
		waiting[0].Answer(Reply{Code: 202})
	}})
	c := Client{Local: netip.MustParseAddr("127.20.0.1"), Timeout: time.Minute}
	conn, err := c.Dial(t.Context(), s.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	answers := conn.AskAll(
		golden7821.Refer("127.0.0.2", 0, time.Now(), []byte("one")),
		golden7821.Refer("127.0.0.2", 1, time.Now(), []byte("two")),
		golden7821.Register("127.0.0.2", 1, time.Now(), nil),
	)
	require.Equal(t, []string{"REFER one", "REFER two", "REGISTER -"}, seen)
	require.NoError(t, answers[0].Err)
	require.Equal(t, 202, answers[0].StatusCode)
	require.Equal(t, &RejectedError{s.Addr().String(), "REFER", 403, "Forbidden"}, answers[1].Err)
	require.NoError(t, answers[2].Err)
	require.Equal(t, 200, answers[2].StatusCode)
}

// What was answered before the connection broke counts.
func TestAConnectionThatBreaksInBetween(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.2:0")
	require.NoError(t, err)
	defer l.Close()
	go func() {
		raw, err := l.Accept()
		if err != nil {
			return
		}
		conn := newConn(raw)
		defer conn.Close()
		if msg, err := conn.next(); err == nil {
			reply := Reply{Code: 202}
			raw.Write(reply.To(msg, netip.Addr{}))
		}
	}()
	c := Client{Timeout: time.Minute}
	conn, err := c.Dial(t.Context(), l.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	answers := conn.AskAll(golden7821.Refer("127.0.0.2", 0, time.Now(), []byte("one")),
		golden7821.Register("127.0.0.2", 1, time.Now(), nil))
	require.NoError(t, answers[0].Err)
	silence, ok := errors.AsType[*NoAnswerError](answers[1].Err)
	require.True(t, ok)
	require.Equal(t, "REGISTER", silence.During)
}

func TestRefusalsAreTyped(t *testing.T) {
	s := listen(t, ServerConfig{Handle: answering(404)})
	ask := func(s *Server, timeout time.Duration) error {
		conn, err := (&Client{Timeout: time.Minute}).Dial(t.Context(), s.Addr().String())
		if err != nil {
			return err
		}
		defer conn.Close()
		conn.timeout = timeout
		return conn.Ask(golden7821.Register("127.0.0.2", 1, time.Now(), nil)).Err
	}
	rejected, ok := errors.AsType[*RejectedError](ask(s, time.Minute))
	require.True(t, ok)
	require.Equal(t, 404, rejected.Code)

	silent := listen(t, ServerConfig{Handle: func(*Exchange) {}})
	silence, ok := errors.AsType[*NoAnswerError](ask(silent, 300*time.Millisecond))
	require.True(t, ok)
	require.Equal(t, "REGISTER", silence.During)
	require.ErrorIs(t, silence, context.DeadlineExceeded)

	require.NoError(t, silent.Close())
	silence, ok = errors.AsType[*NoAnswerError](ask(silent, time.Minute))
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
	require.NoError(t, conn.Ask(golden7821.Register("127.0.0.2", 1, time.Now(), nil)).Err)
	done := make(chan error, 1)
	go func() {
		msg, err := conn.next()
		if err == nil {
			reply := Reply{Code: 200}
			_, err = conn.Write(reply.To(msg, netip.Addr{}))
		}
		done <- err
	}()
	peer := conn.LocalAddr().(*net.TCPAddr).AddrPort()
	manager := CallManager{s.Addr().String(), "Cisco-CUCM12.5"}
	notify := manager.Notify(Notice{Reset, "sip:x@127.0.0.1:5060", "1", 1}, time.Now())
	answer, open := s.Ask(t.Context(), peer, notify)
	require.True(t, open)
	require.NoError(t, answer.Err)
	require.NoError(t, <-done)
	_, open = s.Ask(t.Context(), netip.MustParseAddrPort("127.9.9.9:1"), Request{})
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
	require.NoError(t, conn.Ask(golden7821.Register("127.0.0.2", 1, time.Now(), nil)).Err)
}

// slow gives out a few bytes at a time, as a network may.
type slow struct {
	data []byte
	most int
}

func (s *slow) Read(b []byte) (int, error) {
	n := copy(b, s.data[:min(s.most, len(s.data))])
	if s.data = s.data[n:]; n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// Messages are read however the network cuts them, keep-alives between them too.
func TestMessagesInPieces(t *testing.T) {
	data := []byte("\r\n\r\n")
	data = append(data, golden7821.Refer("127.0.0.2", 0, time.Unix(0, 0), goldenAlarm()).Bytes...)
	data = append(data, "\r\n"...)
	data = append(data, golden7821.Register("127.0.0.2", 1, time.Unix(0, 0), initialized).Bytes...)
	for most := range len(data) {
		conn := newConn(piped{Reader: &slow{data, most + 1}})
		for _, method := range []string{REFER, REGISTER} {
			msg, err := conn.next()
			require.NoError(t, err, "%d bytes at a time", most+1)
			require.Equal(t, method, msg.Method)
		}
		_, err := conn.next()
		require.Equal(t, io.EOF, err)
		conn.Close()
	}
}

// piped is a connection whose peer said everything already.
type piped struct {
	net.Conn
	io.Reader
}

func (p piped) Read(b []byte) (int, error) { return p.Reader.Read(b) }
func (piped) Close() error                 { return nil }

func FuzzReadMessage(f *testing.F) {
	manager := CallManager{"127.0.0.2:5060", "Cisco-CUCM12.5"}
	f.Add(golden7821.Refer("192.168.7.200", 0, time.Unix(0, 0), goldenAlarm()).Bytes)
	f.Add(golden7821.Register("192.168.7.200", 1, time.Unix(0, 0), initialized).Bytes)
	f.Add(manager.Notify(Notice{Reset, "sip:x@127.0.0.1:5060", "1", 1}, time.Unix(0, 0)).Bytes)
	f.Add([]byte("OPTIONS sip:h SIP/2.0\r\nv: SIP/2.0/TCP h:1 , SIP/2.0/UDP [::1]:2;received=1.2.3.4\r\nf: \"a,<\\\"\" <sip:b@c>;tag=1\r\n" +
		"t:sip:x:y@h;p\r\ni: 1\r\nm: <sip:a@b:1;x>;expires=\"1;\", tel:2;q=0\r\nCSeq: 1\r\n OPTIONS\r\nl: 1\r\n\r\nb\r\n\r\n"))
	f.Add([]byte("SIP/2.0 202 Accepted\r\nContent-Length: 0\r\n\r\n\r\n\r\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		conn := newConn(piped{Reader: bytes.NewReader(data)})
		defer conn.Close()
		for range len(data) + 1 {
			msg, err := conn.next()
			if err != nil {
				return
			}
			require.LessOrEqual(t, len(msg.Body), maxMessage)
			// Whatever it is, phone and call manager make something of it.
			if msg.Method != "" && !msg.incomplete() {
				reply, _ := golden7821.Notified(msg)
				answer := reply.To(msg, golden7821.Address.Addr())
				again, err := newConn(piped{Reader: bytes.NewReader(answer)}).next()
				require.NoError(t, err, "%q", answer)
				require.Equal(t, reply.Code, again.StatusCode)
				Wanted(msg)
				if contact, ok := msg.Contact(); ok {
					require.LessOrEqual(t, len(contact.Without("expires")), len(contact.String()))
				}
			}
			golden7821.Lifetime("", msg)
		}
		t.Fatal("more messages than bytes")
	})
}

func BenchmarkParseRefer(b *testing.B) {
	data := golden7821.Refer("192.168.7.200", 0, time.Unix(0, 0), goldenAlarm()).Bytes
	b.ReportAllocs()
	for b.Loop() {
		conn := newConn(piped{Reader: bytes.NewReader(data)})
		if _, err := conn.next(); err != nil {
			b.Fatal(err)
		}
		conn.Close()
	}
}

// What a boot costs phone and call manager: a connection, an alarm and the REGISTER.
func BenchmarkExchange(b *testing.B) {
	l, err := net.Listen("tcp4", "127.0.0.2:0")
	require.NoError(b, err)
	s := Serve(l, ServerConfig{Handle: func(x *Exchange) {
		if x.Request.Method == REFER {
			x.Answer(Reply{Code: 202, Date: time.Unix(0, 0), Contact: "<sip:127.0.0.2:5060;transport=tcp>"})
			return
		}
		x.Answer(Reply{Code: 100, Date: time.Unix(0, 0)}, Reply{
			Code: 200, Date: time.Unix(0, 0), Server: "Cisco-CUCM12.5", Contact: x.Request.Header("Contact"),
			ContentType: OptionsType, Body: AnswerOptions(x.Request.Body),
		})
	}})
	defer s.Close()
	alarm := goldenAlarm()
	c := Client{Local: netip.MustParseAddr("127.20.0.1")}
	for b.Loop() {
		conn, err := c.Dial(b.Context(), s.Addr().String())
		require.NoError(b, err)
		for _, answer := range conn.AskAll(golden7821.Refer("127.0.0.2", 0, time.Unix(0, 0), alarm),
			golden7821.Register("127.0.0.2", 1, time.Unix(0, 0), initialized)) {
			require.NoError(b, answer.Err)
		}
		conn.Close()
	}
}

// Whose context has ended between two requests waits for no answer.
func TestAskAfterCancel(t *testing.T) {
	s := listen(t, ServerConfig{Handle: func(*Exchange) {}})
	ctx, cancel := context.WithCancel(t.Context())
	conn, err := (&Client{Timeout: time.Minute}).Dial(ctx, s.Addr().String())
	require.NoError(t, err)
	defer conn.Close()
	cancel()
	time.Sleep(20 * time.Millisecond) // until what the context does to the connection is done
	answer := conn.Ask(golden7821.StandBy("127.0.0.2", 1, time.Unix(0, 0)))
	require.ErrorIs(t, answer.Err, context.Canceled, "not that of the minute")
}
