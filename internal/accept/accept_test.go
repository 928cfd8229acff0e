package accept

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"itlsim/internal/accept/accepttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const soon = time.Minute

func listen(t *testing.T) net.Listener {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	return l
}

// house is a server that says "in" to each connection, by its number from 1 on, and
// then does as it is told.
type house struct {
	testing.TB
	*Server
	dial func(host string) (net.Conn, error)
	came chan *Conn // whom it has said so to
}

// open is a house for tests in a bubble.
func open(t *testing.T, limits Limits, then func(*Conn)) *house {
	l := accepttest.Listen()
	return openAt(t, l, within(l), limits, then)
}

// openTCP is one that is reached by TCP.
func openTCP(t *testing.T, limits Limits, then func(*Conn)) *house {
	l := listen(t)
	return openAt(t, l, byTCP(l.Addr()), limits, then)
}

func openAt(t *testing.T, l net.Listener, dial func(string) (net.Conn, error), limits Limits, then func(*Conn)) *house {
	h := &house{TB: t, dial: dial, came: make(chan *Conn, 4096)}
	limits.Patience = cmp.Or(limits.Patience, soon)
	h.Server = Serve(l, limits, func(_ context.Context, conn *Conn) {
		h.came <- conn
		io.WriteString(conn, "in")
		then(conn)
	})
	t.Cleanup(func() { h.Close() })
	return h
}

func within(l *accepttest.Listener) func(host string) (net.Conn, error) {
	return func(host string) (net.Conn, error) { return l.Dial(netip.MustParseAddr(host)) }
}

func byTCP(at net.Addr) func(host string) (net.Conn, error) {
	return func(host string) (net.Conn, error) {
		dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(host)}, Timeout: soon}
		return dialer.Dial("tcp4", at.String())
	}
}

// listens reads and never answers.
func listens(conn *Conn) { io.Copy(io.Discard, conn) }

// from connects from an address.
func (h *house) from(host string) net.Conn {
	conn, err := h.dial(host)
	require.NoError(h, err)
	h.Cleanup(func() { conn.Close() })
	require.NoError(h, conn.SetDeadline(time.Now().Add(soon)))
	return conn
}

// enter connects and waits until it is let in.
func (h *house) enter(host string) net.Conn {
	conn := h.from(host)
	require.True(h, in(conn))
	return conn
}

func in(conn net.Conn) bool {
	_, err := io.ReadFull(conn, make([]byte, 2))
	return err == nil
}

// dropped says which of connections that were let in, in a bubble, have ended by now.
func dropped(conns []net.Conn) (which []int) {
	for i, conn := range conns {
		conn.SetReadDeadline(time.Now().Add(5 * time.Millisecond))
		if _, err := conn.Read(make([]byte, 1)); !isTimeout(err) {
			which = append(which, i)
		}
	}
	return which
}

func isTimeout(err error) bool {
	network, ok := err.(net.Error)
	return ok && network.Timeout()
}

// A stranger that opens any number of connections takes places from itself alone.
func TestShareOfAnAddress(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h := open(t, Limits{Unproven: 16, Share: 8}, listens)
		phone := h.enter("127.0.0.6")
		var strangers []net.Conn
		for range 100 {
			strangers = append(strangers, h.enter("127.0.0.5"))
		}
		require.Len(t, dropped(strangers), 92)
		require.Empty(t, dropped([]net.Conn{phone, h.enter("127.0.0.7")}))
	})
}

// Where all places are taken, the address that has most makes room.
func TestFullHouse(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h := open(t, Limits{Unproven: 16, Share: 10}, listens)
		var most, few []net.Conn
		for range 10 {
			most = append(most, h.enter("127.0.0.5"))
		}
		for range 6 {
			few = append(few, h.enter("127.0.0.6"))
		}
		phone := h.enter("127.0.0.7")
		require.Len(t, dropped(most), 1)
		require.Empty(t, dropped(append(few, phone)))
	})
}

// When everybody comes at once from an address of its own, nobody who does its part
// loses its place: who comes last waits.
func TestStormWaits(t *testing.T) {
	bubble(t, func(t *testing.T) {
		leave := make(chan bool)
		h := open(t, Limits{Unproven: 2}, func(*Conn) { <-leave })
		defer close(leave)
		first, second := h.enter("127.0.0.5"), h.enter("127.0.0.6")
		third := h.from("127.0.0.7")
		third.SetReadDeadline(time.Now().Add(1200 * time.Millisecond)) // longer than the grace of the silent
		require.False(t, in(third), "three are served at a time")
		leave <- true
		third.SetReadDeadline(time.Now().Add(soon))
		require.True(t, in(third))
		require.Len(t, dropped([]net.Conn{first, second}), 1, "that was served")
	})
}

// But who is waited for makes room, once it counts as silent.
func TestSilenceInAStorm(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h := open(t, Limits{Unproven: 2}, listens)
		silent := []net.Conn{h.enter("127.0.0.5"), h.enter("127.0.0.6")}
		h.enter("127.0.0.7")
		require.Len(t, dropped(silent), 1)
	})
}

// Which connection goes is random: the first is not safe, nor is it always the one.
func TestDropsAtRandom(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const share = 8
		victims := make(map[int]bool)
		for range 30 {
			h := open(t, Limits{Share: share}, listens)
			var conns []net.Conn
			for range share {
				conns = append(conns, h.enter("127.0.0.5"))
			}
			h.enter("127.0.0.5")
			which := dropped(conns)
			require.Len(t, which, 1)
			victims[which[0]] = true
			h.Close()
		}
		require.Greater(t, len(victims), 1)
	})
}

// Who does its part stays among any number from its own address that do not.
func TestWhoDoesItsPartStays(t *testing.T) {
	release := make(chan bool)
	var served atomic.Int32
	h := openTCP(t, Limits{Share: 64}, func(conn *Conn) {
		if served.Add(1) > 1 {
			listens(conn)
			return
		}
		io.ReadFull(conn, make([]byte, 1))
		<-release // the server's turn, and it takes its time
		io.WriteString(conn, "ok")
	})
	phone := h.enter("127.0.0.5")
	phone.Write([]byte{1})
	for range 500 {
		h.enter("127.0.0.5")
	}
	close(release)
	require.True(t, in(phone))
}

// What is proven keeps its place and takes none from others, until it is doubted.
func TestProven(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h := open(t, Limits{Unproven: 2, Share: 2}, listens)
		admin := h.enter("127.0.0.5")
		conn := <-h.came
		conn.Prove()
		for range 20 {
			h.enter("127.0.0.5")
		}
		require.Empty(t, dropped([]net.Conn{admin}))
		conn.Doubt()
		for range 100 { // a few would do, most times
			h.enter("127.0.0.5")
		}
		require.Len(t, dropped([]net.Conn{admin}), 1)
	})
}

// Who is doubted when it has left takes no place.
func TestDoubtAfterClose(t *testing.T) {
	bubble(t, func(t *testing.T) {
		h := open(t, Limits{Unproven: 1}, listens)
		h.enter("127.0.0.5")
		conn := <-h.came
		conn.Prove()
		conn.Close()
		conn.Doubt()
		h.enter("127.0.0.6")
	})
}

// Who is worked for and waits for something else takes nobody's turn for long.
func TestLapsedTurns(t *testing.T) {
	release := make(chan bool)
	defer close(release)
	h := openTCP(t, Limits{}, func(conn *Conn) {
		b := make([]byte, 1)
		if _, err := conn.Read(b); err == nil && b[0] == 'x' {
			<-release
		}
		io.WriteString(conn, "ok")
	})
	for range 2 * runtime.GOMAXPROCS(0) {
		io.WriteString(h.enter("127.0.0.5"), "x")
	}
	phone := h.enter("127.0.0.6")
	io.WriteString(phone, "y")
	require.True(t, in(phone))
}

// A peer has so long for a message, however many bytes of it come.
func TestPatience(t *testing.T) {
	const patience = 200 * time.Millisecond
	h := openTCP(t, Limits{Patience: patience}, listens)
	for name, during := range map[string]func(net.Conn) error{
		"silent":              func(net.Conn) error { return nil },
		"a byte now and then": func(conn net.Conn) error { _, err := conn.Write([]byte{1}); return err },
	} {
		t.Run(name, func(t *testing.T) {
			conn := h.enter("127.0.0.5")
			ended := make(chan error, 1)
			go func() {
				_, err := conn.Read(make([]byte, 1))
				ended <- err
			}()
			for tick := time.NewTicker(patience / 20); ; {
				select {
				case err := <-ended:
					require.Error(t, err)
					return
				case <-tick.C:
					_ = during(conn) // its end shows to the reader
				}
			}
		})
	}
}

// Expect gives the next message its time.
func TestExpect(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const patience = time.Second
		h := open(t, Limits{Patience: patience}, func(conn *Conn) {
			for {
				conn.Expect()
				if _, err := conn.Read(make([]byte, 1)); err != nil {
					return
				}
			}
		})
		conn := h.enter("127.0.0.5")
		for range 8 {
			time.Sleep(patience / 5)
			_, err := conn.Write([]byte{1})
			require.NoError(t, err)
		}
		require.Empty(t, dropped([]net.Conn{conn}))
	})
}

// Who never reads what it is sent is waited for as long, and not longer.
func TestWriteToOneThatNeverReads(t *testing.T) {
	wrote := make(chan error, 1)
	h := openTCP(t, Limits{Patience: 100 * time.Millisecond}, func(conn *Conn) {
		for b := make([]byte, 1<<20); ; {
			if _, err := conn.Write(b); err != nil {
				wrote <- err
				return
			}
		}
	})
	h.enter("127.0.0.5")
	require.True(t, isTimeout(<-wrote))
}

// Close cuts connections, waits for what serves them, and may be called again; one that
// waits for a place is cut, too.
func TestClose(t *testing.T) {
	began, ended := make(chan bool), false
	l := listen(t)
	s := Serve(l, Limits{Unproven: 1, Share: 1, Patience: soon},
		func(closing context.Context, conn *Conn) {
			began <- true
			<-closing.Done()
			listens(conn)
			ended = true
		})
	h := &house{TB: t, Server: s, dial: byTCP(l.Addr())}
	conn := h.from("127.0.0.5")
	<-began
	waiting := h.from("127.0.0.6")
	require.NoError(t, s.Close())
	require.True(t, ended)
	require.False(t, in(conn))
	require.False(t, in(waiting))
	require.NoError(t, s.Close())
}

// What serve leaves open is closed.
func TestServedConnectionsAreClosed(t *testing.T) {
	conn := openTCP(t, Limits{}, func(*Conn) {}).enter("127.0.0.5")
	_, err := conn.Read(make([]byte, 1))
	require.ErrorIs(t, err, io.EOF)
}

// short is a listener that is out of descriptors while it is told so.
type short struct {
	net.Listener
	out atomic.Bool
}

func (l *short) Accept() (net.Conn, error) {
	if l.out.Load() {
		return nil, &net.OpError{Op: "accept", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

// When the process has no descriptor left, silent peers give theirs up.
func TestOutOfDescriptors(t *testing.T) {
	came := make(chan bool, 2)
	l := &short{Listener: listen(t)}
	s := Serve(l, Limits{Unproven: 8, Share: 8, Patience: soon},
		func(_ context.Context, conn *Conn) {
			came <- true
			listens(conn)
		})
	defer s.Close()
	h := &house{TB: t, dial: byTCP(l.Addr())}
	silent := h.from("127.0.0.5")
	<-came
	l.out.Store(true)
	h.from("127.0.0.6") // which ends the accept under way
	_, err := silent.Read(make([]byte, 1))
	require.Error(t, err)
	require.False(t, isTimeout(err))
}

// HTTP within the same limits: who never reads its answers, or never asks, ends; a
// stream lives as long as its page takes what it is sent.
func TestHTTP(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const patience = 250 * time.Millisecond
		ended := make(chan string, 8)
		mux := http.NewServeMux()
		mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
			for b := make([]byte, 1<<20); ; {
				if _, err := w.Write(b); err != nil {
					ended <- "endless"
					return
				}
			}
		})
		mux.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
			ProveRequest(r)
			for range 10 {
				select {
				case <-time.After(patience / 4):
				case <-r.Context().Done():
					return
				}
				fmt.Fprintln(w, "still here")
				http.NewResponseController(w).Flush()
			}
			fmt.Fprint(w, "the end")
		})
		l := accepttest.Listen()
		s := ServeHTTP(l, Limits{Unproven: 1, Share: 1, Patience: patience}, nil, mux)
		defer s.Close()
		h := &house{TB: t, dial: within(l)}

		page := h.from("127.0.0.6")
		fmt.Fprint(page, "GET /stream HTTP/1.0\r\n\r\n")
		_, err := page.Read(make([]byte, 1))
		require.NoError(t, err)
		took := make(chan string)
		go func() {
			all, _ := io.ReadAll(page)
			took <- string(all)
		}()

		neverReads := h.from("127.0.0.5")
		fmt.Fprint(neverReads, "GET /endless HTTP/1.1\r\nHost: x\r\n\r\n")
		require.Equal(t, "endless", <-ended)

		neverAsks := h.from("127.0.0.5")
		_, err = neverAsks.Read(make([]byte, 1))
		require.Error(t, err)
		require.False(t, isTimeout(err))

		require.Contains(t, <-took, "the end")
	})
}

// A body that was not read while its sender had to wait is read all the same, where the
// server says so; and not for longer than anybody's.
func TestBodyAfterAWait(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const patience = 250 * time.Millisecond
		mux := http.NewServeMux()
		read := func(w http.ResponseWriter, r *http.Request) {
			b, err := io.ReadAll(r.Body)
			fmt.Fprint(w, string(b), " ", err == nil)
		}
		mux.HandleFunc("/forgets", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(2 * patience)
			read(w, r)
		})
		mux.HandleFunc("/expects", func(w http.ResponseWriter, r *http.Request) {
			time.Sleep(2 * patience)
			ExpectBody(r)
			read(w, r)
		})
		l := accepttest.Listen()
		s := ServeHTTP(l, Limits{Patience: patience}, nil, mux)
		defer s.Close()
		h := &house{TB: t, dial: within(l)}
		for asked, whole := range map[string]bool{
			"/forgets HTTP/1.0\r\nContent-Length: 4": false, "/expects HTTP/1.0\r\nContent-Length: 4": true,
			"/expects HTTP/1.0\r\nContent-Length: 5": false,
		} {
			c := h.from("127.0.0.5")
			fmt.Fprint(c, "POST "+asked+"\r\n\r\n")
			time.Sleep(patience / 4) // so that the body is not read ahead with the headers
			fmt.Fprint(c, "body")
			all, _ := io.ReadAll(c) // of a body that is not read the end may be a reset
			require.Equal(t, whole, strings.HasSuffix(string(all), "body true"), "%s: %s", asked, all)
		}
	})
}

// Who asks without end at many ports, over connections that are proven, too, has no more
// turns than one who asks at one: whoever asks little is answered after a few of its requests,
// not after one of each connection.
func TestHogAtManyPorts(t *testing.T) {
	bubble(t, func(t *testing.T) {
		const ports, each = 12, 8
		var worked atomic.Int64 // requests of the hog's
		serve := func(conn *Conn) {
			conn.Prove()
			for b := make([]byte, 1); ; {
				if _, err := conn.Read(b); err != nil {
					return
				}
				if b[0] == 'h' {
					worked.Add(1)
					time.Sleep(time.Millisecond) // for a signature
				}
				io.WriteString(conn, "ok")
				conn.Expect()
			}
		}
		var phone net.Conn
		for range ports {
			h := open(t, Limits{}, serve)
			for range each {
				hog := h.enter("127.0.0.5")
				go func() {
					for {
						if _, err := io.WriteString(hog, "h"); err != nil || !in(hog) {
							return
						}
					}
				}()
			}
			phone = h.enter("127.0.0.6")
		}
		const asked = 20
		began := worked.Load()
		for range asked {
			io.WriteString(phone, "p")
			require.True(t, in(phone))
		}
		waits := int(worked.Load()-began) / asked
		t.Logf("the phone waits for %d requests of the hog's", waits)
		require.Less(t, waits, ports*each/4)
	})
}
