package network

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// pair is a connection through a network: the phone's end, and the server's.
func pair(t *testing.T, n *Network) (phone, server net.Conn) {
	raw, server := net.Pipe()
	phone = n.Path(0, "").To("127.0.0.1:5060").Conn(raw)
	t.Cleanup(func() {
		phone.Close()
		server.Close()
	})
	return phone, server
}

// echo is a server that answers each question of four bytes with it.
func echo(server net.Conn) {
	buf := make([]byte, 4)
	for {
		if _, err := io.ReadFull(server, buf); err != nil {
			return
		}
		server.Write(buf)
	}
}

// ask asks in two parts, and reads the answer in two.
func ask(conn net.Conn) (answer string, err error) {
	fmt.Fprint(conn, "pi")
	fmt.Fprint(conn, "ng")
	buf := make([]byte, 4)
	for i := 0; i < 4; i += 2 {
		if _, err := io.ReadFull(conn, buf[i:i+2]); err != nil {
			return "", err
		}
	}
	return string(buf), nil
}

// took is how long something takes, to the millisecond.
func took(what func()) time.Duration {
	began := time.Now()
	what()
	return time.Since(began).Round(time.Millisecond)
}

// A question and its answer are a flight each, whatever the parts they come in.
func TestDelayIsForEachFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &Network{}
		phone, server := pair(t, n)
		go echo(server)
		require.Zero(t, took(func() { ask(phone) }))
		n.Disturb(Condition{All: Disturbance{Delay: 400 * time.Millisecond}})
		for range 2 {
			require.Equal(t, 800*time.Millisecond, took(func() {
				answer, err := ask(phone)
				require.NoError(t, err)
				require.Equal(t, "ping", answer)
			}))
		}
		n.Disturb(Condition{})
		require.Zero(t, took(func() { ask(phone) }))
	})
}

// Phones that are so many times as fast have a network that is, too.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &Network{Pace: 10}
		phone, server := pair(t, n)
		go echo(server)
		n.Disturb(Condition{All: Disturbance{Delay: time.Second}})
		require.Equal(t, 200*time.Millisecond, took(func() { ask(phone) }))
	})
}

// What is lost comes a second later, or three, or seven …, and never if all is lost.
func TestLossCostsTime(t *testing.T) {
	chance := NewChance(1, 0)
	count := make(map[time.Duration]int)
	const draws = 100_000
	for range draws {
		count[Late(&chance, 0.5)]++
	}
	for late, share := range map[time.Duration]float64{
		0: 0.5, time.Second: 0.25, 3 * time.Second: 0.125, 7 * time.Second: 0.0625, Never: 1. / 128,
	} {
		require.InDelta(t, share, float64(count[late])/draws, 0.005, late)
	}
	require.Zero(t, Late(&chance, 0))
	require.Equal(t, Never, Late(&chance, 1))
}

// Of what is lost nothing reaches the server, and the phone waits as long as it
// would have.
func TestAllIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &Network{}
		phone, server := pair(t, n)
		n.Disturb(Condition{All: Disturbance{Loss: 1}})
		got := make(chan error, 1)
		go func() {
			_, err := server.Read(make([]byte, 1))
			got <- err
		}()
		phone.SetDeadline(time.Now().Add(10 * time.Second))
		require.Equal(t, 10*time.Second, took(func() {
			_, err := ask(phone)
			require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		}))
		phone.Close()
		require.ErrorIs(t, <-got, io.EOF)
	})
}

// An answer that was on its way when the network turned bad still comes, and what
// comes after the deadline is there for who waits longer.
func TestAnswersThatComeLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &Network{}
		phone, server := pair(t, n)
		n.Disturb(Condition{All: Disturbance{Delay: time.Second}})
		go echo(server)
		fmt.Fprint(phone, "ping")
		buf := make([]byte, 4)
		phone.SetReadDeadline(time.Now().Add(1500 * time.Millisecond))
		_, err := io.ReadFull(phone, buf)
		require.ErrorIs(t, err, os.ErrDeadlineExceeded)
		n.Disturb(Condition{All: Disturbance{Loss: 1}})
		phone.SetReadDeadline(time.Now().Add(time.Minute))
		require.Equal(t, 500*time.Millisecond, took(func() {
			_, err = io.ReadFull(phone, buf)
			require.NoError(t, err)
			require.Equal(t, "ping", string(buf))
		}))
	})
}

// A network that turns bad while a connection is idle does so for what comes next,
// whichever way.
func TestIdleConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &Network{}
		phone, server := pair(t, n)
		go fmt.Fprint(server, "one")
		buf := make([]byte, 3)
		_, err := io.ReadFull(phone, buf)
		require.NoError(t, err)
		n.Disturb(Condition{All: Disturbance{Delay: time.Second}})
		go fmt.Fprint(server, "two")
		require.Equal(t, time.Second, took(func() {
			_, err = io.ReadFull(phone, buf)
			require.NoError(t, err)
		}))
		require.Equal(t, "two", string(buf))
	})
}

// What was sent before the end arrives, as does the end.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &Network{}
		phone, server := pair(t, n)
		n.Disturb(Condition{All: Disturbance{Delay: 3 * time.Second}})
		fmt.Fprint(phone, "good")
		fmt.Fprint(phone, "bye")
		require.Zero(t, took(func() { require.NoError(t, phone.Close()) }))
		_, err := phone.Read(make([]byte, 1))
		require.Error(t, err)
		require.Equal(t, 3*time.Second, took(func() {
			all, err := io.ReadAll(server)
			require.NoError(t, err)
			require.Equal(t, "goodbye", string(all))
		}))
		require.ErrorIs(t, phone.Close(), net.ErrClosed)
	})
}

// A read that waits for the path ends when its deadline is moved, or the connection
// is closed.
func TestWaitingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := &Network{}
		phone, server := pair(t, n)
		n.Disturb(Condition{All: Disturbance{Loss: 1}})
		go fmt.Fprint(server, "lost")
		for _, end := range []func(){
			func() { phone.SetDeadline(time.Unix(1, 0)) },
			func() { phone.Close() },
		} {
			phone.SetReadDeadline(time.Time{})
			done := make(chan error)
			go func() {
				_, err := phone.Read(make([]byte, 4))
				done <- err
			}()
			synctest.Wait()
			end()
			require.Error(t, <-done)
		}
	})
}

// Connecting takes a round trip, or as long as the caller waits.
func TestDial(t *testing.T) {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	defer listener.Close()
	n := &Network{}
	path := n.Path(0, "")
	dial := func(within time.Duration) error {
		ctx, cancel := context.WithTimeout(t.Context(), within)
		defer cancel()
		conn, err := path.Dial(ctx, netip.Addr{}, listener.Addr().String())
		if err == nil {
			conn.Close()
		}
		return err
	}
	require.NoError(t, dial(time.Minute))
	n.Disturb(Condition{All: Disturbance{Delay: 10 * time.Millisecond}})
	require.GreaterOrEqual(t, took(func() { require.NoError(t, dial(time.Minute)) }), 20*time.Millisecond)
	n.Disturb(Condition{All: Disturbance{Loss: 1}})
	err = dial(time.Millisecond)
	require.True(t, os.IsTimeout(err), err)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	n.Disturb(Condition{})
	listener.Close()
	require.Error(t, dial(time.Minute))
}

// Datagrams are lost and delayed one by one, by the phone's own chance.
func TestDatagrams(t *testing.T) {
	n := &Network{Seed: 7}
	path := n.Path(3, "").To("127.0.0.1:69")
	after, lost := path.Datagram()
	require.Zero(t, after)
	require.False(t, lost)
	require.False(t, n.Disturbed())
	n.Disturb(Condition{All: Disturbance{Loss: 0.25, Delay: time.Second}})
	require.True(t, n.Disturbed())
	same, lostInAll := (&Network{Seed: 7}).Path(3, "").To("127.0.0.1:69"), 0
	same.path.network.Disturb(Condition{All: Disturbance{Loss: 0.25}})
	for range 10_000 {
		after, lost = path.Datagram()
		require.Equal(t, time.Second, after)
		_, lostAgain := same.Datagram()
		require.Equal(t, lost, lostAgain)
		if lost {
			lostInAll++
		}
	}
	require.InDelta(t, 2500, lostInAll, 200)
}

// What a site's network does comes to what all networks do, delays vary by so much
// either way, and behind a wall everything is lost.
func TestConditions(t *testing.T) {
	n := &Network{}
	n.Disturb(Condition{
		All:   Disturbance{Loss: 0.5, Delay: 10 * time.Millisecond},
		Sites: map[string]Disturbance{"branch": {Loss: 0.5, Delay: 30 * time.Millisecond, Jitter: 20 * time.Millisecond}},
		Walls: map[Wall]bool{{"branch", "127.0.0.2:2445"}: true, {"depot", "127.0.0.3"}: true},
	})
	at := func(site, server string) Disturbance { return n.Path(0, site).To(server).Disturbance() }
	all := Disturbance{Loss: 0.5, Delay: 10 * time.Millisecond}
	both := Disturbance{Loss: 0.75, Delay: 40 * time.Millisecond, Jitter: 20 * time.Millisecond}
	cut := Disturbance{Loss: 1}
	require.Equal(t, all, at("office", "127.0.0.2:2445"))
	require.Equal(t, both, at("branch", "127.0.0.2:5060"))
	require.Equal(t, cut, at("branch", "127.0.0.2:2445"))
	require.Equal(t, both, at("branch", "127.0.0.2"))
	require.Equal(t, cut, at("depot", "127.0.0.3:69"))
	require.Equal(t, cut, at("depot", "127.0.0.3"))
	require.Equal(t, all, at("depot", "127.0.0.2:69"))

	way, least, most := n.Path(0, "branch").To("127.0.0.2:69"), time.Hour, time.Duration(0)
	for range 1000 {
		after, _ := way.Datagram()
		least, most = min(least, after), max(most, after)
	}
	require.InDelta(t, 20*time.Millisecond, least, float64(time.Millisecond))
	require.InDelta(t, 60*time.Millisecond, most, float64(time.Millisecond))
	n.Disturb(Condition{Sites: map[string]Disturbance{}})
	require.False(t, n.Disturbed())
}

// A network leads to its targets by address and by name, and nowhere else.
func TestTargets(t *testing.T) {
	n := &Network{}
	at, err := n.Target(t.Context(), "cucm.invalid:69")
	require.NoError(t, err)
	require.Equal(t, "cucm.invalid:69", at, "one without targets looks nothing up")
	n.Targets = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.1.0.0/16")}
	for server, want := range map[string]string{
		"127.3.0.1:5060": "127.3.0.1:5060", "10.1.2.3:69": "10.1.2.3:69", "localhost:8443": "127.0.0.1:8443",
		"[::ffff:10.1.2.3]:69": "10.1.2.3:69",
	} {
		at, err := n.Target(t.Context(), server)
		require.NoError(t, err, server)
		require.Equal(t, want, at)
	}
	for _, server := range []string{"10.2.0.1:69", "[::1]:69", "192.0.2.1:5060"} {
		_, err := n.Target(t.Context(), server)
		require.EqualError(t, err, "nothing is sent to "+server+": it is not in 127.0.0.0/8, 10.1.0.0/16")
		_, err = n.Path(0, "").Dial(t.Context(), netip.Addr{}, server)
		require.ErrorAs(t, err, new(*NotTargetError), "TCP")
	}
	for _, server := range []string{"", "127.0.0.1", "127.0.0.1:none such"} {
		_, err := n.Target(t.Context(), server)
		require.Error(t, err)
	}
}
