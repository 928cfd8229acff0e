package sip

import (
	"io"
	"net"
	"net/netip"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/accept"
	"itlsim/internal/accept/accepttest"
)

// registrar keeps the connection of whoever sends a REGISTER, and lets it go with a BYE.
func registrar(x *Exchange) {
	name := x.Request.From().User
	switch x.Request.Method {
	case REGISTER:
		x.Keep(name)
	case "BYE":
		x.LetGo(name)
	}
	x.Answer(Reply{Code: 200})
}

// says sends a request in a name and reads something of the answer.
func says(t *testing.T, conn net.Conn, method, name string) {
	_, err := io.WriteString(conn, method+" sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\n"+
		"From: <sip:"+name+"@x>;tag=1\r\nTo: <sip:x@x>\r\nCall-ID: 1\r\nCSeq: 1 "+method+"\r\nContent-Length: 0\r\n\r\n")
	require.NoError(t, err)
	_, err = conn.Read(make([]byte, 4096))
	require.NoError(t, err)
}

// lives reports whether a connection is not ended for so long.
func lives(conn net.Conn, long time.Duration) bool {
	conn.SetReadDeadline(time.Now().Add(long))
	_, err := conn.Read(make([]byte, 1))
	network, ok := err.(net.Error)
	conn.SetReadDeadline(time.Time{})
	return ok && network.Timeout()
}

const patience = 10 * time.Second

// keeping has a server of registrar's, with patience, in a bubble of testing/synctest.
func keeping(t *testing.T, do func(t *testing.T, dial func() net.Conn)) {
	synctest.Test(t, func(t *testing.T) {
		l := accepttest.Listen()
		s := Serve(l, ServerConfig{Handle: registrar, Limits: accept.Limits{Patience: patience}})
		t.Cleanup(func() { require.NoError(t, s.Close()) })
		do(t, func() net.Conn {
			conn, err := l.Dial(netip.MustParseAddr("127.20.0.1"))
			require.NoError(t, err)
			t.Cleanup(func() { conn.Close() })
			return conn
		})
	})
}

// Only the connection of a registered phone may be idle for long, and each phone has one.
func TestWhoseConnectionIsKept(t *testing.T) {
	keeping(t, func(t *testing.T, dial func() net.Conn) {
		stranger, phone := dial(), dial()
		says(t, stranger, "OPTIONS", "phone")
		says(t, phone, "REGISTER", "phone")
		require.False(t, lives(stranger, 2*patience), "who asked something is not a phone")
		require.True(t, lives(phone, 10*patience))

		again := dial()
		says(t, again, "REGISTER", "phone")
		require.False(t, lives(phone, 2*patience), "it has another connection now")
		require.True(t, lives(again, 10*patience))
		says(t, again, "BYE", "phone")
		require.False(t, lives(again, 2*patience), "it is not registered any more")
	})
}

// What a registered phone has begun to say it finishes as soon as anybody.
func TestKeptConnectionThatDrips(t *testing.T) {
	keeping(t, func(t *testing.T, dial func() net.Conn) {
		conn := dial()
		says(t, conn, "REGISTER", "phone")
		var dripping sync.WaitGroup
		dripping.Go(func() {
			for {
				if _, err := io.WriteString(conn, "x"); err != nil {
					return
				}
				time.Sleep(patience / 10)
			}
		})
		require.False(t, lives(conn, 2*patience))
		dripping.Wait()
	})
}

// Who asks for ever and never reads an answer is not waited for.
func TestWhoNeverReadsAnswers(t *testing.T) {
	keeping(t, func(t *testing.T, dial func() net.Conn) {
		conn := dial()
		says(t, conn, "REGISTER", "phone")
		conn.SetWriteDeadline(time.Now().Add(2 * patience))
		options := []byte("OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1;branch=z9hG4bK1\r\nFrom: <sip:x@x>;tag=1\r\n" +
			"To: <sip:x@x>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
		var err error
		for err == nil {
			_, err = conn.Write(options)
		}
		network, ok := err.(net.Error)
		require.False(t, ok && network.Timeout(), "the server goes on holding a place: %v", err)
	})
}
