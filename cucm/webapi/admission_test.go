package webapi_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/webapi"
	"itlsim/cucm/wire"
	"itlsim/internal/accept"
	"itlsim/internal/cucmtest"
)

// hasty is a node that has little patience with requests, by its URL. At /holds it does
// something else.
func hasty(t *testing.T, patience time.Duration, holds http.HandlerFunc) (url string) {
	mux := http.NewServeMux()
	webapi.NewHandler(cucmtest.New(t).Pub, webapi.NewRate(0, time.Minute)).Register(mux)
	mux.Handle("/holds", holds)
	s := accept.ServeHTTP(listen(t, "127.0.0.1:0"), accept.Limits{Patience: patience}, nil, mux)
	t.Cleanup(func() { s.Close() })
	return "http://" + s.Addr().String()
}

// Who was wrong before waits for longer than a request may take, and is answered all the
// same: the wait is the server's.
func TestRightAfterWrongs(t *testing.T) {
	const patience = 250 * time.Millisecond
	node := hasty(t, patience, http.NotFound)
	ask := func(password string) (status int, answer string) {
		r, err := http.NewRequest(http.MethodPost, node+"/axl/", strings.NewReader(
			"<Envelope><Body><getCCMVersion/></Body>"+strings.Repeat(" ", 64<<10)+"</Envelope>")) // more than is read ahead
		require.NoError(t, err)
		r.SetBasicAuth(cucm.AdminUser, password)
		r.Close = true
		a, err := http.DefaultClient.Do(r)
		require.NoError(t, err)
		defer a.Body.Close()
		all, err := io.ReadAll(a.Body)
		require.NoError(t, err)
		return a.StatusCode, string(all)
	}
	for range 2 {
		status, _ := ask("wrong")
		require.Equal(t, http.StatusUnauthorized, status)
	}
	began := time.Now()
	status, answer := ask(cucmtest.Password)
	require.Greater(t, time.Since(began), patience)
	require.Equal(t, http.StatusOK, status, answer)
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
	const patience = time.Second
	came, held, release := make(chan bool), make(chan bool), make(chan bool)
	phones := accept.Serve(listen(t, "127.0.0.1:0"), accept.Limits{}, func(_ context.Context, conn *accept.Conn) {
		conn.Prove()
		came <- true
	})
	defer phones.Close()
	node := hasty(t, patience, func(_ http.ResponseWriter, r *http.Request) {
		done, ok := accept.Work(r)
		held <- ok
		<-release
		done()
	})
	ask := func(path string) int {
		r, err := http.NewRequest(http.MethodGet, node+path, nil)
		require.NoError(t, err)
		r.SetBasicAuth(cucm.AdminUser, cucmtest.Password)
		r.Close = true
		a, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0
		}
		a.Body.Close()
		return a.StatusCode
	}
	require.Equal(t, http.StatusOK, ask("/axl/"), "its password is known from now on")
	phone, err := net.Dial("tcp", phones.Addr().String())
	require.NoError(t, err)
	defer phone.Close()
	<-came
	go ask("/holds")
	require.True(t, <-held)
	require.Equal(t, http.StatusServiceUnavailable, ask("/axl/"))
	close(release)
	require.Eventually(t, func() bool { return ask("/axl/") == http.StatusOK }, time.Minute, 10*time.Millisecond)
}
