package webapi_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/webapi"
	"itlsim/cucm/wire"
	"itlsim/internal/accept"
	"itlsim/internal/accept/accepttest"
	"itlsim/internal/cucmtest"
)

// A hasty node has little patience with requests. It is in a bubble of testing/synctest.
type hasty struct {
	*testing.T
	mux *http.ServeMux
	web *accepttest.Listener
}

const patience = time.Second

func beHasty(t *testing.T, do func(h *hasty)) {
	synctest.Test(t, func(t *testing.T) {
		h := &hasty{t, http.NewServeMux(), accepttest.Listen()}
		webapi.NewHandler(cucmtest.New(t).Pub, webapi.NewRate(0, time.Minute)).Register(h.mux)
		s := accept.ServeHTTP(h.web, accept.Limits{Patience: patience}, nil, h.mux)
		t.Cleanup(func() { s.Close() })
		do(h)
	})
}

// asks sends a request, and returns the answer's status and text; 0: there was none.
func (h *hasty) asks(method, path, password, body string) (status int, text string) {
	client := http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(context.Context, string, string) (net.Conn, error) {
			return h.web.Dial(netip.MustParseAddr("127.0.0.5"))
		},
	}}
	r, err := http.NewRequest(method, "http://node"+path, strings.NewReader(body))
	require.NoError(h, err)
	r.SetBasicAuth(cucm.AdminUser, password)
	a, err := client.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer a.Body.Close()
	all, err := io.ReadAll(a.Body)
	require.NoError(h, err)
	return a.StatusCode, string(all)
}

// Who was wrong before waits for longer than a request may take, and is answered all the
// same: the wait is the server's.
func TestRightAfterWrongs(t *testing.T) {
	beHasty(t, func(h *hasty) {
		for range 4 {
			status, _ := h.asks(http.MethodPost, "/axl/", "wrong", "")
			require.Equal(h, http.StatusUnauthorized, status)
		}
		began := time.Now()
		status, answer := h.asks(http.MethodPost, "/axl/", cucmtest.Password,
			"<Envelope><Body><getCCMVersion/></Body>"+strings.Repeat(" ", 64<<10)+"</Envelope>") // more than is read ahead
		require.Greater(h, time.Since(began), patience)
		require.Equal(h, http.StatusOK, status, answer)
	})
}

// The log says at which of the web APIs a login was wrong.
func TestWrongLoginsByInterface(t *testing.T) {
	s := scriptsWith(t, "127.4.38.", 0, wire.Options{}, func(c *cucm.Config) { c.Release = cucm.Release14 })
	for i, at := range []struct{ path, by string }{
		{"/axl/", "AXL"}, {risPath, "RIS"}, {controlPath, "Control Center"}, {logsPath, "Log Collection"},
		{getFilePath, "Log Collection"}, {snapshotPath, "Certificates"},
	} {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 4, 38, byte(100+i))}} // nobody waits for another
		client := http.Client{Transport: &http.Transport{
			DialContext: dialer.DialContext, DisableKeepAlives: true, TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
		}}
		r, err := http.NewRequest(http.MethodGet, "https://"+s.lab.Pub.Address(cucm.TomcatService)+at.path, nil)
		require.NoError(t, err)
		r.SetBasicAuth(cucm.AdminUser, "wrong")
		a, err := client.Do(r)
		require.NoError(t, err)
		a.Body.Close()
		require.Equal(t, http.StatusUnauthorized, a.StatusCode)
		wrong := s.lab.Alarms("AuthenticationFailed")
		require.Len(t, wrong, i+1)
		require.Contains(t, wrong[i], "[Interface="+at.by+"][UserID=admin]")
	}
}

// While phones come a request that does not get its turn is told to come again.
func TestNoTurn(t *testing.T) {
	beHasty(t, func(h *hasty) {
		held, release := make(chan bool), make(chan bool)
		h.mux.HandleFunc("/holds", func(_ http.ResponseWriter, r *http.Request) {
			done, ok := accept.Work(r)
			held <- ok
			<-release
			done()
		})
		phones := accepttest.Listen()
		s := accept.Serve(phones, accept.Limits{}, func(_ context.Context, conn *accept.Conn) {
			conn.Prove()
			held <- true
		})
		defer s.Close()
		ask := func(path string) int {
			status, _ := h.asks(http.MethodGet, path, cucmtest.Password, "")
			return status
		}
		require.Equal(h, http.StatusOK, ask("/axl/"), "its password is known from now on")
		_, err := phones.Dial(netip.MustParseAddr("127.0.0.7"))
		require.NoError(h, err)
		<-held
		go ask("/holds")
		require.True(h, <-held)
		require.Equal(h, http.StatusServiceUnavailable, ask("/axl/"))
		close(release)
		time.Sleep(patience)
		require.Equal(h, http.StatusOK, ask("/axl/"))
		time.Sleep(time.Minute) // until no phone comes and no turn lasts any more
	})
}
