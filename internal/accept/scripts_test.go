package accept_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/accept"
)

// spin computes.
func spin(d time.Duration) {
	for began := time.Now(); time.Since(began) < d; {
	}
}

// Scripts that ask without end, over ten connections of two addresses, have a part of one
// processor's time while phones come, and all that there is while none do.
func TestScriptsWhilePhonesCome(t *testing.T) {
	const each = 2 * time.Millisecond // of work
	var worked atomic.Int64
	s := accept.ServeHTTP(listen(t), accept.Limits{Patience: soon}, nil, http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			if done, ok := accept.Work(r); ok {
				defer done()
				spin(each)
				worked.Add(1)
			}
		}))
	defer s.Close()
	for i := range 10 {
		c := (&house{TB: t, addr: s.Addr().String()}).from([]string{"127.0.0.5", "127.0.0.6"}[i%2])
		go func() {
			for b := make([]byte, 4096); ; {
				if _, err := fmt.Fprint(c, "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody"); err != nil {
					return
				}
				if _, err := c.Read(b); err != nil {
					return
				}
			}
		}()
	}
	phones := open(t, accept.Limits{}, listens)
	during := func(come bool) (share float64) {
		if come {
			phones.enter("127.0.0.7")
			(<-phones.came).Prove()
			time.Sleep(50 * time.Millisecond) // those that are at work end
		}
		began, before := time.Now(), worked.Load()
		time.Sleep(400 * time.Millisecond)
		return float64(worked.Load()-before) * each.Seconds() / time.Since(began).Seconds()
	}
	busy := during(true)
	for quiet := time.Now(); time.Since(quiet) < soon; {
		time.Sleep(time.Second) // no phone comes any more
		if alone := during(false); alone > 2*busy {
			t.Logf("scripts have %.2f of a processor while phones come, %.2f alone", busy, alone)
			require.Less(t, busy, 0.15)
			return
		}
	}
	t.Fatalf("scripts have %.2f of a processor while phones come, and no more alone", busy)
}

// Scripts that read nothing keep no other waiting while phones come.
func TestScriptThatReadsNothing(t *testing.T) {
	at := make(chan string, 8)
	s := accept.ServeHTTP(listen(t), accept.Limits{Patience: soon}, nil, http.HandlerFunc(
		func(w http.ResponseWriter, r *http.Request) {
			done, ok := accept.Work(r)
			if !ok {
				return
			}
			defer done()
			at <- r.URL.Path
			io.WriteString(w, strings.Repeat("x", len(r.URL.Path)<<20))
		}))
	defer s.Close()
	phones := open(t, accept.Limits{}, listens)
	phones.enter("127.0.0.7")
	(<-phones.came).Prove()
	h := &house{TB: t, addr: s.Addr().String()}
	for range 3 {
		fmt.Fprint(h.from("127.0.0.5"), "GET /endless-endless-endless HTTP/1.0\r\n\r\n")
		<-at
	}
	least := soon
	for range 3 { // a busy machine keeps everybody waiting
		phones.enter("127.0.0.7")
		(<-phones.came).Prove()
		began := time.Now()
		c := h.from("127.0.0.6")
		fmt.Fprint(c, "GET / HTTP/1.0\r\n\r\n")
		all, err := io.ReadAll(c)
		require.NoError(t, err)
		require.Greater(t, len(all), 1<<20)
		least = min(least, time.Since(began))
	}
	t.Logf("answered after %v", least)
	require.Less(t, least, time.Second)
}
