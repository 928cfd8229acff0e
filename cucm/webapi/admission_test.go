package webapi_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/webapi"
	"itlsim/internal/accept"
	"itlsim/internal/cucmtest"
)

// Who was wrong before waits for longer than a request may take, and is answered all the
// same: the wait is the server's.
func TestRightAfterWrongs(t *testing.T) {
	const patience = 250 * time.Millisecond
	l := cucmtest.New(t)
	mux := http.NewServeMux()
	webapi.NewHandler(l.Pub, webapi.NewRate(0, time.Minute)).Register(mux)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	s := accept.ServeHTTP(listener, accept.Limits{Patience: patience}, nil, mux)
	defer s.Close()
	ask := func(password string) (status int, answer string) {
		r, err := http.NewRequest(http.MethodPost, fmt.Sprintf("http://%s/axl/", s.Addr()), strings.NewReader(
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
