package wire

import (
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/fleet"
	"itlsim/internal/cause/causetest"
	"itlsim/phone"
	"itlsim/tvs"
)

// silent is a TFTP server that takes requests, counts them, and never answers.
func silent(t *testing.T) (addr string, requests *atomic.Uint64) {
	conn, err := net.ListenPacket("udp4", "127.0.0.5:0")
	require.NoError(t, err)
	requests = new(atomic.Uint64)
	var listening sync.WaitGroup
	listening.Go(func() {
		for buf := make([]byte, 512); ; requests.Add(1) {
			if _, _, err := conn.ReadFrom(buf); err != nil {
				return
			}
		}
	})
	t.Cleanup(func() {
		conn.Close()
		listening.Wait()
	})
	return conn.LocalAddr().String(), requests
}

// forTFTP are limits of phones one of whose TFTP servers is silent.
func forTFTP() fleet.Limits {
	limits := patient
	limits.TFTPTimeout, limits.TFTPRetries = silence/10, 9
	return limits
}

func TestSecondTFTPServer(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1, forTFTP())
	first, requests := silent(t)
	l.add(1, first, l.tftp)
	l.boot(phone.PowerOn{})
	require.Equal(t, phone.Trusted, l.only().State)
	require.Equal(t, l.pub.ITL().SHA1(), l.only().Flash.Lists.ITL.SHA1())
	require.EqualValues(t, 1, l.fleet.Tally().Boots.Load())
	retries := uint64(forTFTP().TFTPRetries)
	require.Equal(t, 1+retries, requests.Load(), "it stays with the second server for the rest of the boot")
	require.GreaterOrEqual(t, l.fleet.Tally().Retransmits.Load(), retries)
}

func TestNoTFTPServerAtAll(t *testing.T) {
	t.Parallel()
	limits := patient
	limits.TFTPTimeout, limits.TFTPRetries = 10*time.Millisecond, 3 // nobody is there to answer in time
	l := newLab(t, 1, limits)
	server, _ := silent(t)
	l.add(1, server)
	l.boot(phone.PowerOn{})
	require.Equal(t, phone.None, l.only().State)
	require.Contains(t, texts(l.only()), "TFTP timeout")
	require.Zero(t, l.cluster.Registered(), "it has no configuration to register with")
}

func texts(v fleet.View) (texts []string) {
	for _, line := range v.Status() {
		texts = append(texts, line.Text)
	}
	return texts
}

// What a TVS may do instead of its duty, and the state that a phone with a list
// of an unknown signer is in then.
var tvsFaults = map[string]struct {
	behave func(l *lab, conn net.Conn) // nil: nobody listens
	state  phone.State
	why    string
}{
	"absent": {nil, phone.Locked, "connection refused"},
	"hangs":  {func(_ *lab, conn net.Conn) { drain(conn) }, phone.Locked, "handshake: no answer in time"},
	"closes": {func(_ *lab, conn net.Conn) {}, phone.Locked, "handshake: the connection was closed without an answer"},
	"talks no TLS": {func(_ *lab, conn net.Conn) {
		conn.Write([]byte("220 mail.joemar2.lab ESMTP\r\n"))
		drain(conn)
	}, phone.Locked, "handshake: the other side does not speak TLS"},
	"hangs later": {func(l *lab, conn net.Conn) {
		drain(l.secure(conn, cucm.TVSUnit))
	}, phone.Locked, "answer: no answer in time"},
	"closes later": {func(l *lab, conn net.Conn) {
		c := l.secure(conn, cucm.TVSUnit)
		c.Read(make([]byte, 1))
		c.Close()
	}, phone.Locked, "answer: the connection was closed without an answer"},
	"says nonsense": {func(l *lab, conn net.Conn) {
		c := l.secure(conn, cucm.TVSUnit)
		c.Write([]byte("I have no idea, ask my sister"))
		drain(c)
	}, phone.Locked, "TVS"},
	"shows another certificate": {func(l *lab, conn net.Conn) { drain(l.secure(conn, cucm.Tomcat)) }, phone.Untrusted,
		"every TVS shows a certificate that is not in the stored ITL"},
}

// drain reads until the other side closes.
func drain(conn net.Conn) {
	for buf := make([]byte, 512); ; {
		if _, err := conn.Read(buf); err != nil {
			return
		}
	}
}

// secure shows one of the publisher's certificates.
func (l *lab) secure(conn net.Conn, unit cucm.Unit) net.Conn {
	cert := l.pub.Certificate(unit)
	return tls.Server(conn, &tls.Config{
		Certificates: []tls.Certificate{{Certificate: [][]byte{cert.Certificate.Raw}, PrivateKey: cert.Key}},
		CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_128_GCM_SHA256}, // what phones ask for
	})
}

// replaceTVS puts a server that behaves so in the place of the publisher's TVS,
// until restore.
func (l *lab) replaceTVS(behave func(*lab, net.Conn)) (restore func()) {
	require.NoError(l.t, l.sockets.Stop(l.pub, cucm.TVSService))
	start := func() { require.NoError(l.t, l.sockets.Start(l.pub, cucm.TVSService)) }
	if behave == nil {
		return start
	}
	listener, err := net.Listen("tcp4", l.pub.Address(cucm.TVSService))
	require.NoError(l.t, err)
	var served sync.WaitGroup
	served.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			behave(l, conn)
			conn.Close()
		}
	})
	return func() {
		listener.Close()
		served.Wait()
		start()
	}
}

func TestTVSFaults(t *testing.T) {
	for name, fault := range tvsFaults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := bootedLab(t, 1)
			before := l.only().Flash
			restore := l.replaceTVS(fault.behave)
			restoreLimits := l.hurry(func(limits *fleet.Limits) { limits.TVSTimeout = silence })
			require.NoError(t, l.pub.Regenerate(cucm.CallManager)) // which resets the phones
			l.settle()
			require.Equal(t, fault.state, l.only().State)
			require.ErrorContains(t, l.only().Refusal, fault.why)
			causetest.Plain(t, l.only().Refusal.Error())
			for _, failure := range l.fleet.Failures() {
				causetest.Plain(t, failure.What)
			}
			require.Equal(t, before, l.only().Flash)
			require.EqualValues(t, 2, l.fleet.Tally().Refused.Load(), "list and configuration")
			require.Equal(t, 1, l.cluster.Registered(), "it still registers")

			restore()
			restoreLimits()
			l.boot(phone.Reset{})
			require.Equal(t, phone.Trusted, l.only().State, "the TVS is as it was")
			require.Equal(t, phone.ByTVS, l.only().ListBy)
		})
	}
}

// While the first TVS hangs, the second vouches.
func TestSecondTVS(t *testing.T) {
	t.Parallel()
	l := bootedLab(t, 2)
	restore := l.replaceTVS(tvsFaults["hangs"].behave)
	defer restore()
	defer l.hurry(func(limits *fleet.Limits) { limits.TVSTimeout = silence })()
	require.NoError(t, l.pub.Regenerate(cucm.CallManager))
	l.settle()
	require.Equal(t, phone.Trusted, l.only().State)
	require.Equal(t, phone.ByTVS, l.only().ListBy)
	require.NotZero(t, l.fleet.Tally().TVS.Load(tvs.QueryRequest, fleet.Unanswered))
}

// Both trust points are lost, and the phone is untrusted whatever else goes
// wrong, until the reset.
func TestLostForGood(t *testing.T) {
	t.Parallel()
	l := bootedLab(t, 1)
	l.boot(phone.PowerOff{})
	require.NoError(t, l.pub.Regenerate(cucm.CallManager))
	l.clock.advance(6 * time.Minute)
	require.NoError(t, l.pub.Regenerate(cucm.TVSUnit))
	l.boot(phone.PowerOn{})
	require.Equal(t, phone.Untrusted, l.only().State)

	restore := l.replaceTVS(nil)
	l.boot(phone.Reset{})
	require.Equal(t, phone.Untrusted, l.only().State, "no refusal improves a state")
	restore()

	require.NoError(t, cli.Run(l.pub, &cli.Script{Answers: []string{""}}, "utils itl reset localkey"))
	l.boot(phone.Reset{})
	require.Equal(t, phone.Trusted, l.only().State)
	require.Equal(t, phone.ByITL, l.only().ListBy)
}
