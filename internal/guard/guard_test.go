package guard

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/accept"
	"itlsim/internal/accept/accepttest"
)

const token = "a-word-of-somebody"

// Who has the token of the ready file waits for nobody who guesses at the same address.
func TestBearerWaitsForNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := accepttest.Listen()
		g, err := ForAPI(l, token)
		require.NoError(t, err)
		s := accept.ServeHTTP(l, accept.Limits{}, nil, g.API(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
		defer s.Close()
		client := http.Client{Transport: &http.Transport{
			DisableKeepAlives: true, // as curl and urllib have it
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				return l.Dial(netip.MustParseAddr("127.0.0.1"))
			},
		}}
		waited := func(token string) time.Duration {
			r, err := http.NewRequestWithContext(t.Context(), "GET", "http://127.0.0.1:1/api/v1/cluster", nil)
			require.NoError(t, err)
			r.Header.Set("Authorization", "Bearer "+token)
			began := time.Now()
			answer, err := client.Do(r)
			require.NoError(t, err)
			defer answer.Body.Close()
			said, err := io.ReadAll(answer.Body)
			require.NoError(t, err)
			require.Equal(t, http.StatusOK, answer.StatusCode, "%s", said)
			return time.Since(began)
		}
		for range 5 { // 250 ms, 500 ms, 1 s, 2 s, and 4 s to wait for
			_ = g.guesses.Try(t.Context(), netip.MustParseAddr("127.0.0.1"), time.Minute, func() bool { return false })
		}
		require.Zero(t, waited(g.Bearer()))
		require.Equal(t, 4*time.Second, waited(token), "whoever may have guessed it waits")
	})
}

// Programs are refused in JSON, people in words.
func TestRefusals(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	g, err := ForPage(l, token)
	require.NoError(t, err)
	page := g.Page(http.NotFoundHandler())
	refused := func(path, from string) (status int, said string) {
		r := httptest.NewRequest("GET", path+"?token=wrong", nil)
		r.RemoteAddr = from + ":1"
		rw := httptest.NewRecorder()
		page.ServeHTTP(rw, r)
		return rw.Code, strings.TrimSpace(rw.Body.String())
	}
	for _, want := range []string{
		"401 " + openWithToken, "429 too many wrong attempts: wait 1s",
	} {
		status, said := refused("/", "127.0.0.7")
		require.Equal(t, want, fmt.Sprint(status, " ", said))
	}
	for _, want := range []int{http.StatusUnauthorized, http.StatusTooManyRequests} {
		status, said := refused("/api/v1/cluster", "127.0.0.8")
		require.Equal(t, want, status)
		var told struct{ Error string }
		require.NoError(t, json.Unmarshal([]byte(said), &told), said)
		require.NotEmpty(t, told.Error)
	}
}
