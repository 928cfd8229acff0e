package guard

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/accept"
)

const token = "a-word-of-somebody"

// serve has a guarded server on loopback.
func serve(t *testing.T) (*Guard, string) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	g, err := ForAPI(l, token)
	require.NoError(t, err)
	s := accept.ServeHTTP(l, accept.Limits{}, nil, g.API(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})))
	t.Cleanup(func() { s.Close() })
	return g, "http://" + l.Addr().String() + "/api/v1/cluster"
}

// asks shows a token, and returns the answer's status and how long it took.
func asks(t *testing.T, url, token string) (status int, took time.Duration, said string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}} // as curl and urllib have it
	began := time.Now()
	answer, err := client.Do(r)
	require.NoError(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return answer.StatusCode, time.Since(began), string(text)
}

// guessed has somebody at 127.0.0.1 be wrong so often that the next attempt is judged a while
// later.
func guessed(t *testing.T, g *Guard) {
	t.Helper()
	for range 5 { // 250 ms, 500 ms, 1 s, 2 s, and 4 s to wait for
		_ = g.guesses.Try(t.Context(), netip.MustParseAddr("127.0.0.1"), time.Minute, func() bool { return false })
	}
}

// Who has the token of the ready file waits for nobody who guesses at the same address.
func TestBearerWaitsForNobody(t *testing.T) {
	t.Parallel()
	g, url := serve(t)
	guessed(t, g)
	status, took, said := asks(t, url, g.Bearer())
	require.Equal(t, http.StatusOK, status, said)
	require.Less(t, took, 3*time.Second)
	status, took, _ = asks(t, url, token)
	require.Equal(t, http.StatusOK, status)
	require.Greater(t, took, 100*time.Millisecond, "whoever may have guessed it waits")
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
