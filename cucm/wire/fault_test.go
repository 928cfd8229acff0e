package wire_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/wire"
	"itlsim/internal/cucmtest"
	"itlsim/tftp"
)

// trap is a clock that breaks once, where it is set to.
type trap struct {
	cucm.Clock
	set atomic.Bool
}

func (c *trap) Now() time.Time {
	if c.set.CompareAndSwap(true, false) {
		panic("the clock broke")
	}
	return c.Clock.Now()
}

// A panic in what serves a phone ends that request or connection alone, with an entry
// in the node's log; the service goes on.
func TestPanicInAService(t *testing.T) {
	clock := &trap{}
	l := cucmtest.New(t, func(c *cucm.Config) { clock.Clock, c.Clock = c.Clock, clock })
	sockets, err := wire.Listen(l.Cluster, []string{"127.4.9.2", "127.4.9.3"})
	require.NoError(t, err)
	defer func() { require.NoError(t, sockets.Close()) }()
	at := l.Pub.Address
	client := tftp.Client{Timeout: 5 * time.Second}
	web := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	status := func() int {
		answer, err := web.Get("http://" + tftp.HTTPAddress(at(cucm.TFTPService)) + "/ITLFile.tlv")
		require.NoError(t, err)
		answer.Body.Close()
		return answer.StatusCode
	}
	options := func() (string, error) {
		conn, err := net.Dial("tcp", at(cucm.CallManagerService))
		require.NoError(t, err)
		defer conn.Close()
		fmt.Fprintf(conn, "OPTIONS sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK1\r\n"+
			"From: <sip:a@b>;tag=1\r\nTo: <sip:x>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n")
		buf := make([]byte, 100)
		n, err := conn.Read(buf)
		return string(buf[:n]), err
	}
	handshake := func() error {
		conn, err := tls.Dial("tcp", at(cucm.TVSService), &tls.Config{InsecureSkipVerify: true})
		if err == nil {
			conn.Close()
		}
		return err
	}
	faults := 0
	told := func(during string) {
		t.Helper()
		faults++
		require.Eventually(t, func() bool { return len(l.Pub.Log()) == faults }, time.Minute, time.Millisecond)
		require.Contains(t, l.Pub.Log()[faults-1], "%UC_ITLSIM-2-ProgramFault: %[During="+during+"]")
	}

	l.Pub.SetFaults(&cucm.Faults{
		File: func(string, []byte) []byte { panic("no file") },
		TVS:  &cucm.Certificate{},
	})
	_, err = client.Get(context.Background(), at(cucm.TFTPService), "ITLFile.tlv")
	require.Error(t, err)
	told("TFTP")
	require.Equal(t, http.StatusServiceUnavailable, status())
	told("HTTP")
	require.Error(t, handshake())
	told("TVS")
	clock.set.Store(true)
	_, err = options()
	require.Error(t, err)
	told("SIP")

	l.Pub.SetFaults(nil)
	data, err := client.Get(context.Background(), at(cucm.TFTPService), "ITLFile.tlv")
	require.NoError(t, err)
	require.Equal(t, l.Pub.ITL().Bytes(), data)
	require.Equal(t, http.StatusOK, status())
	require.NoError(t, handshake())
	answer, err := options()
	require.NoError(t, err)
	require.Contains(t, answer, "SIP/2.0 200")
}
