package tvs

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"itlsim/internal/accept"
	"itlsim/itl"
)

func TestPhonesOfAllAgesAsk(t *testing.T) {
	keys := map[string]*tls.Certificate{
		"RSA 1024": identity(t, "testkey-rsa1024.pem"),
		"RSA 2048": identity(t, "testkey-rsa2048.pem"),
		"ECDSA":    identity(t, ""),
	}
	versions := []uint16{tls.VersionTLS10, tls.VersionTLS11, tls.VersionTLS12, tls.VersionTLS13}
	for name, certificate := range keys {
		s := listen(t, ServerConfig{Certificate: showing(certificate)})
		for _, version := range versions {
			t.Run(name+" "+tls.VersionName(version), func(t *testing.T) {
				phone := &Client{MinVersion: version, MaxVersion: version}
				for _, request := range []Request{verify, query} {
					got, err := phone.Ask(t.Context(), s.Addr().String(), only(certificate), request)
					require.NoError(t, err)
					want := vouch(request)
					want.Command, want.Session = request.Command+1, request.Session
					require.Empty(t, cmp.Diff(want, got))
				}
			})
		}
		require.NoError(t, s.Close())
		n := uint64(len(versions))
		require.Equal(t, ServerStats{Handshakes: 2 * n, Verifies: n, Queries: n}, s.Stats())
	}
}

// connect is a client that is not bound to behave like Client.
func connect(t *testing.T, s *Server, config *tls.Config) *tls.Conn {
	config.InsecureSkipVerify = true
	conn, err := tls.Dial("tcp", s.Addr().String(), config)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return conn
}

// An 8861 with firmware 10.3 agreed on AES256-SHA, a 79xx does so in TLS 1.0.
func TestRSAKeyExchange(t *testing.T) {
	s := listen(t, ServerConfig{Certificate: showing(identity(t, "testkey-rsa1024.pem"))})
	for _, version := range []uint16{tls.VersionTLS10, tls.VersionTLS12} {
		conn := connect(t, s, &tls.Config{
			MinVersion: version, MaxVersion: version,
			CipherSuites: []uint16{tls.TLS_RSA_WITH_AES_256_CBC_SHA},
		})
		require.NoError(t, send(conn, verify))
		_, err := ReadAnswer(conn)
		require.NoError(t, err)
	}
}

func send(w io.Writer, r Request) error {
	b, err := r.AppendBinary(nil)
	if err != nil {
		return err
	}
	_, err = w.Write(b)
	return err
}

func TestRegeneratedCertificateShowsAtOnce(t *testing.T) {
	before, after := identity(t, ""), identity(t, "")
	shown := make(chan *tls.Certificate, 2)
	s := listen(t, ServerConfig{Certificate: func() *tls.Certificate { return <-shown }})
	shown <- before
	shown <- after

	var phone Client
	_, err := phone.Ask(t.Context(), s.Addr().String(), only(before), verify)
	require.NoError(t, err)
	_, err = phone.Ask(t.Context(), s.Addr().String(), only(before), verify)
	require.ErrorAs(t, err, new(*MismatchError))
}

func TestNoCertificate(t *testing.T) {
	s := listen(t, ServerConfig{Certificate: showing(nil)})
	var phone Client
	_, err := phone.Ask(t.Context(), s.Addr().String(), trust, verify)
	require.ErrorAs(t, err, new(*UnreachableError))
	require.NoError(t, s.Close())
	require.Equal(t, ServerStats{Failed: 1}, s.Stats())
}

func TestTwoRequestsOnOneConnection(t *testing.T) {
	s := listen(t, ServerConfig{Certificate: showing(identity(t, ""))})
	conn := connect(t, s, &tls.Config{})
	require.NoError(t, send(conn, verify))
	require.NoError(t, send(conn, query)) // before the first is answered
	for _, request := range []Request{verify, query} {
		answer, err := ReadAnswer(conn)
		require.NoError(t, err)
		require.Equal(t, request.Session, answer.Session)
	}
}

func TestSplitRequest(t *testing.T) {
	s := listen(t, ServerConfig{Certificate: showing(identity(t, ""))})
	conn := connect(t, s, &tls.Config{})
	b, err := query.AppendBinary(nil)
	require.NoError(t, err)
	for i := range b {
		_, err := conn.Write(b[i : i+1])
		require.NoError(t, err)
	}
	_, err = ReadAnswer(conn)
	require.NoError(t, err)
}

// tvsd reads a header with a single call.
func TestMessageIsOneRecord(t *testing.T) {
	s := listen(t, ServerConfig{
		Certificate: showing(identity(t, "")),
		Answer:      func(Request) Answer { return Answer{Certificate: make([]byte, 1451)} },
	})
	conn := connect(t, s, &tls.Config{})
	require.NoError(t, send(conn, query))
	b := make([]byte, 4096)
	n, err := conn.Read(b) // gives one record's content at most
	require.NoError(t, err)
	_, err = ParseAnswer(b[:n])
	require.NoError(t, err)
}

func TestMalformedRequestIsNotAnswered(t *testing.T) {
	s := listen(t, ServerConfig{Certificate: showing(identity(t, ""))})
	for _, nonsense := range [][]byte{
		[]byte("GET / HTTP/1.1\r\n\r\n"),
		message(VerifyAnswer, "07 0001 00"),
		message(VerifyRequest, "02 ffff 00"),
	} {
		conn := connect(t, s, &tls.Config{})
		_, err := conn.Write(nonsense)
		require.NoError(t, err)
		_, err = conn.Read(make([]byte, 1))
		require.Equal(t, io.EOF, err)
	}
	require.NoError(t, s.Close())
	require.Equal(t, ServerStats{Handshakes: 3, Malformed: 3}, s.Stats())
}

func TestUnfitAnswerIsNotSent(t *testing.T) {
	s := listen(t, ServerConfig{
		Certificate: showing(identity(t, "")),
		Answer:      func(Request) Answer { return Answer{Roles: []itl.Role{999}} },
	})
	var phone Client
	_, err := phone.Ask(t.Context(), s.Addr().String(), trust, verify)
	require.ErrorAs(t, err, new(*UnreachableError))
	require.NoError(t, s.Close())
	require.Equal(t, ServerStats{Handshakes: 1, Broken: 1}, s.Stats())
}

// A thousand that connect and say nothing, or half a handshake, hold up no phone.
func TestSilentClientsHoldUpNobody(t *testing.T) {
	certificate := identity(t, "")
	s := listen(t, ServerConfig{Certificate: showing(certificate), Limits: accept.Limits{Patience: time.Hour}})
	for i := range 1100 {
		silent, err := net.Dial("tcp", s.Addr().String())
		require.NoError(t, err)
		defer silent.Close()
		if i%2 == 0 {
			_, err = silent.Write([]byte{22, 3, 1, 2, 0, 1}) // the head of a record with a ClientHello
			require.NoError(t, err)
		}
	}
	phone := Client{Timeout: time.Minute}
	for range 20 {
		_, err := phone.Ask(t.Context(), s.Addr().String(), only(certificate), verify)
		require.NoError(t, err)
	}
}

func TestSilentClientsLoseTheirPlace(t *testing.T) {
	certificate := identity(t, "")
	s := listen(t, ServerConfig{Certificate: showing(certificate),
		Limits: accept.Limits{Unproven: 2, Patience: time.Minute}})
	mute, err := net.Dial("tcp", s.Addr().String()) // never begins the handshake
	require.NoError(t, err)
	defer mute.Close()
	idle := connect(t, s, &tls.Config{}) // begins a request and stops
	_, err = idle.Write([]byte{protocol, version})
	require.NoError(t, err)

	phone := Client{Timeout: time.Minute}
	_, err = phone.Ask(t.Context(), s.Addr().String(), only(certificate), verify)
	require.NoError(t, err)
}

func TestResetStorm(t *testing.T) {
	const phones = 200
	certificate := identity(t, "")
	s := listen(t, ServerConfig{Certificate: showing(certificate), Limits: accept.Limits{Unproven: 16}})
	var running sync.WaitGroup
	errs := make([]error, phones)
	for i := range phones {
		running.Go(func() {
			phone := Client{Local: netip.AddrFrom4([4]byte{127, 1, 0, byte(i)}), Timeout: time.Minute}
			request := query
			request.Session = uint32(i)
			request.Subject = fmt.Sprint("CN=", i)
			var answer Answer
			answer, errs[i] = phone.Ask(t.Context(), s.Addr().String(), only(certificate), request)
			if want := "the certificate of " + request.Subject; errs[i] == nil && string(answer.Certificate) != want {
				errs[i] = errors.New("another phone's answer")
			}
		})
	}
	running.Wait()
	require.NoError(t, errors.Join(errs...))
	require.NoError(t, s.Close())
	require.Equal(t, ServerStats{Handshakes: phones, Queries: phones}, s.Stats())
}

func TestCloseWhileBusy(t *testing.T) {
	asked, release := make(chan bool), make(chan bool)
	s := listen(t, ServerConfig{
		Certificate: showing(identity(t, "")),
		Limits:      accept.Limits{Unproven: 3},
		Answer: func(r Request) Answer {
			asked <- true
			<-release
			return vouch(r)
		},
	})
	mute, err := net.Dial("tcp", s.Addr().String())
	require.NoError(t, err)
	defer mute.Close()
	idle := connect(t, s, &tls.Config{})
	asking := connect(t, s, &tls.Config{})
	require.NoError(t, send(asking, verify))
	<-asked

	closed := make(chan error)
	go func() { closed <- s.Close() }()
	_, err = idle.Read(make([]byte, 1))
	require.Error(t, err, "cut although it did nothing")
	close(release)
	require.NoError(t, <-closed)
	if _, err = ReadAnswer(asking); err != nil { // the cut came first: nothing of the answer was sent
		require.NotErrorAs(t, err, new(*FormatError))
		require.NotErrorIs(t, err, io.ErrUnexpectedEOF)
	}
	require.NoError(t, s.Close(), "again")

	var phone Client
	_, err = phone.Ask(context.Background(), s.Addr().String(), trust, verify)
	require.ErrorAs(t, err, new(*UnreachableError))
}

func TestListenRefuses(t *testing.T) {
	_, err := Listen("127.0.0.1:0", ServerConfig{})
	require.ErrorContains(t, err, "needs Certificate and Answer")
	s := listen(t, ServerConfig{Certificate: showing(nil)})
	_, err = Listen(s.Addr().String(), ServerConfig{Certificate: showing(nil), Answer: vouch})
	require.ErrorContains(t, err, "address already in use")
}
