package guess

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/accept"
	"itlsim/internal/accept/accepttest"
)

var (
	eve   = netip.MustParseAddr("127.0.0.66")
	alice = netip.MustParseAddr("127.0.0.7")
)

func wrong() bool { return false }
func right() bool { return true }

// Who guesses for an hour has some hundred guesses, however many at a time; who
// knows the secret, at another address, notices nothing.
func TestGuessingIsSlow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var judged atomic.Int64
		var guessing sync.WaitGroup
		for range 32 {
			guessing.Go(func() {
				for ctx.Err() == nil {
					_ = g.Try(ctx, eve, time.Minute, func() bool { judged.Add(1); return false })
					time.Sleep(time.Second)
				}
			})
		}
		time.Sleep(30 * time.Minute)
		for range 100 {
			began := time.Now()
			require.NoError(t, g.Try(ctx, alice, 0, right))
			require.Zero(t, time.Since(began))
		}
		guessing.Wait()
		require.Less(t, judged.Load(), int64(32+time.Hour/longest+10))
		require.Greater(t, judged.Load(), int64(400), "it is slowed, not shut out")
	})
}

// A person who mistypes waits a moment, and not at all once the password was right.
func TestMistyped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		began := time.Now()
		require.ErrorIs(t, g.Try(t.Context(), alice, time.Minute, wrong), ErrWrong)
		require.ErrorIs(t, g.Try(t.Context(), alice, time.Minute, wrong), ErrWrong)
		require.NoError(t, g.Try(t.Context(), alice, time.Minute, right))
		require.Equal(t, 750*time.Millisecond, time.Since(began))
		require.NoError(t, g.Try(t.Context(), alice, 0, right))
		require.Equal(t, 750*time.Millisecond, time.Since(began))
		require.Empty(t, g.sources)
	})
}

// Who does not wait is not judged, not even where the secret is right: that would
// tell.
func TestNoPatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		require.ErrorIs(t, g.Try(t.Context(), eve, 0, wrong), ErrWrong)
		var soon *TooSoon
		require.ErrorAs(t, g.Try(t.Context(), eve, 0, func() bool { t.Error("judged"); return true }), &soon)
		require.Equal(t, firstPause, soon.Wait)
		require.EqualError(t, soon, "too many wrong attempts: wait 1s")
		time.Sleep(firstPause)
		require.NoError(t, g.Try(t.Context(), eve, 0, right))
	})
}

// After ten quiet minutes everything is forgotten; who waits gives up with its context.
func TestForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		for range 8 {
			_ = g.Try(t.Context(), eve, time.Minute, wrong)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, g.Try(gone, eve, time.Minute, right), context.Canceled)
		time.Sleep(forgetting + time.Second)
		began := time.Now()
		_ = g.Try(t.Context(), eve, time.Minute, wrong)
		_ = g.Try(t.Context(), eve, time.Minute, wrong)
		require.Equal(t, firstPause, time.Since(began), "as after a first refusal")
	})
}

// Who is made to wait keeps nobody else waiting, by keeping the rest of a request back neither.
func TestNoTurnWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		for range 6 {
			g.refuse(accept.Source(eve)) // who waits for 8 s from now on
		}
		waiting := make(chan bool)
		l := accepttest.Listen()
		s := accept.ServeHTTP(l, accept.Limits{}, nil, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			if r.Method == http.MethodPost {
				waiting <- true
				_ = g.Try(r.Context(), eve, time.Minute, wrong)
			}
		}))
		asks := func(from netip.Addr, request string) net.Conn {
			c, err := l.Dial(from)
			require.NoError(t, err)
			t.Cleanup(func() { c.Close() })
			fmt.Fprint(c, request)
			return c
		}
		for range runtime.GOMAXPROCS(0) {
			asks(eve, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\n")
			<-waiting
		}
		began := time.Now()
		answer, err := io.ReadAll(asks(alice, "GET / HTTP/1.0\r\n\r\n"))
		require.NoError(t, err)
		require.Contains(t, string(answer), "200 OK")
		require.Zero(t, time.Since(began))
		require.NoError(t, s.Close())
		time.Sleep(time.Hour) // until those that wait have gone
	})
}

// However many addresses guess, so many are remembered: those of late. The 64 low bits
// of an IPv6 address make no other source, nor does its spelling.
func TestMemoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g Gate
		addr := netip.MustParseAddr("10.0.0.1")
		for range 2 * maxSources {
			require.ErrorIs(t, g.Try(t.Context(), addr, 0, wrong), ErrWrong)
			addr = addr.Next()
			time.Sleep(time.Millisecond)
		}
		require.Len(t, g.sources, maxSources)
		require.Contains(t, g.sources, accept.Source(addr.Prev()))
		require.NotContains(t, g.sources, accept.Source(netip.MustParseAddr("10.0.0.1")))
	})
	source := func(address string) netip.Prefix { return accept.Source(netip.MustParseAddr(address)) }
	require.Equal(t, source("2001:db8::1"), source("2001:db8::ffff%eth0"))
	require.NotEqual(t, source("2001:db8::1"), source("2001:db8:0:1::1"))
	require.Equal(t, accept.Source(eve), source("::ffff:127.0.0.66"))
}
