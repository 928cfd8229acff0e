package accept

import (
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/accept/accepttest"
)

// bubble is a test in which time passes while everybody waits, and computing is to sleep. It
// leaves no turn behind, and nobody who has come.
func bubble(t *testing.T, do func(*testing.T)) {
	synctest.Test(t, func(t *testing.T) {
		t.Cleanup(func() {
			time.Sleep(2 * scripts.lapse)
			arrived.Store(0)
		})
		do(t)
	})
}

// served answers HTTP in a bubble.
func served(t *testing.T, handler http.HandlerFunc) *house {
	l := accepttest.Listen()
	s := ServeHTTP(l, Limits{Patience: soon}, nil, handler)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return &house{TB: t, dial: within(l)}
}

// phoneComes has a phone show who it is.
func phoneComes(t *testing.T) {
	h := open(t, Limits{}, listens)
	h.enter("127.0.0.7")
	(<-h.came).Prove()
}

// Scripts that ask without end, over ten connections of two addresses, have a part of one
// processor's time while phones come, and all that there is while none do.
func TestScriptsWhilePhonesCome(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const each = 2 * time.Millisecond // of work
		var worked atomic.Int64
		h := served(t, func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			if done, ok := Work(r); ok {
				defer done()
				time.Sleep(each)
				worked.Add(1)
			}
		})
		for i := range 10 {
			c := h.from([]string{"127.0.0.5", "127.0.0.6"}[i%2])
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
		share := func() float64 { // of a processor
			const long = 400 * time.Millisecond
			before := worked.Load()
			time.Sleep(long)
			return float64(worked.Load()-before) * each.Seconds() / long.Seconds()
		}
		all := min(10, float64(runtime.GOMAXPROCS(0)))
		require.InDelta(t, all, share(), 0.02)
		phoneComes(t)
		time.Sleep(10 * each) // those that wait for no phone come to their end
		require.InDelta(t, 1./part, share(), 0.01)
		time.Sleep(arriving) // no phone comes any more
		require.InDelta(t, all, share(), 0.02)
	})
}

// Scripts that read nothing keep no other waiting while phones come.
func TestScriptThatReadsNothing(t *testing.T) {
	bubble(t, func(t *testing.T) {
		at := make(chan string, 8)
		h := served(t, func(w http.ResponseWriter, r *http.Request) {
			if done, ok := Work(r); ok {
				defer done()
				at <- r.URL.Path
				io.WriteString(w, strings.Repeat("x", len(r.URL.Path)<<20))
			}
		})
		phoneComes(t)
		for range 3 {
			fmt.Fprint(h.from("127.0.0.5"), "GET /endless-endless-endless HTTP/1.0\r\n\r\n")
			<-at
		}
		began := time.Now()
		for range 3 {
			c := h.from("127.0.0.6")
			fmt.Fprint(c, "GET / HTTP/1.0\r\n\r\n")
			all, err := io.ReadAll(c)
			require.NoError(t, err)
			require.Greater(t, len(all), 1<<20)
		}
		require.Zero(t, time.Since(began))
	})
}
