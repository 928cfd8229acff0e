package farm_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/fleet/wire"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/farm"
	"itlsim/scenarios/farm/host"
)

// A meeting is a farm's server, the run's side, and workers that do as they are told.
type meeting struct {
	*testing.T
	server *host.Server
	farm   *farm.Farm
}

func meet(t *testing.T) *meeting {
	server, err := host.Start(host.Config{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(server.Close)
	f, err := farm.Dial(server.Place(), "run", func(string) {})
	require.NoError(t, err)
	t.Cleanup(f.Close)
	return &meeting{t, server, f}
}

// duty notes its orders and answers by what it is told.
type duty struct {
	shard lab.Shard
	do    func(ctx context.Context, order []byte) ([]byte, error)

	mu     sync.Mutex
	orders []string
	closed time.Time
}

func (d *duty) Do(ctx context.Context, order []byte) ([]byte, error) {
	d.mu.Lock()
	d.orders = append(d.orders, string(order))
	d.mu.Unlock()
	return d.do(ctx, order)
}

func (d *duty) Progress() json.RawMessage {
	return json.RawMessage(fmt.Sprintf(`{"shard":%d}`, d.shard.Index))
}

func (d *duty) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed.IsZero() {
		d.closed = time.Now()
	}
}

func (d *duty) ended() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.closed
}

// hand has a worker take part in runs until the test ends, or stop is called. through is what
// leads to the server; nil: directly.
func (m *meeting) hand(
	name string, do func(context.Context, []byte) ([]byte, error), through *wall,
) (duties chan *duty, stop func()) {
	m.Helper()
	duties = make(chan *duty, 10)
	return duties, m.serving(name, through, func(kind string, shard lab.Shard) (farm.Duty, error) {
		if kind == "nonsense" {
			return nil, errors.New("this worker does no nonsense")
		}
		d := &duty{shard: shard, do: do}
		duties <- d
		return d, nil
	})
}

// serving has a worker take part in runs, which it begins in a way, until the test ends.
func (m *meeting) serving(
	name string, through *wall, begin func(kind string, shard lab.Shard) (farm.Duty, error),
) (stop func()) {
	at, err := farm.Find(m.server.JoinFile(), "")
	require.NoError(m, err)
	if through != nil {
		at.URL = "nats://" + through.Addr().String()
	}
	f, err := farm.Dial(at, name, func(string) {})
	require.NoError(m, err)
	h := &farm.Hand{
		Build: "1.0", Machine: farm.Machine{Name: name, Address: "127.0.0.1"}, Said: func(string) {}, Begin: begin,
	}
	ctx, cancel := context.WithCancel(context.Background())
	var serving sync.WaitGroup
	serving.Go(func() { _ = h.Serve(ctx, f) })
	stop = func() {
		cancel()
		serving.Wait()
		f.Close()
	}
	m.Cleanup(stop)
	return stop
}

// obeys answers with its order.
func obeys(_ context.Context, order []byte) ([]byte, error) { return order, nil }

// wall is a way to a server on which nothing comes through any more once it is shut: connections
// stay, and are silent.
type wall struct {
	net.Listener
	shut chan struct{}
}

func newWall(t *testing.T, to string) *wall {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	require.NoError(t, err)
	w := &wall{l, make(chan struct{})}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { near.Close() })
			far, err := net.Dial("tcp4", to)
			if err != nil {
				near.Close()
				continue
			}
			t.Cleanup(func() { far.Close() })
			go w.pass(near, far)
			go w.pass(far, near)
		}
	}()
	return w
}

func (w *wall) pass(from, to net.Conn) {
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		select {
		case <-w.shut:
			return
		default:
		}
		if err != nil {
			to.Close()
			return
		}
		if _, err := to.Write(buf[:n]); err != nil {
			return
		}
	}
}

// address is where the server listens.
func (m *meeting) address() string {
	at, err := farm.Find(m.server.JoinFile(), "")
	require.NoError(m, err)
	u, err := url.Parse(at.URL)
	require.NoError(m, err)
	return u.Host
}

func (m *meeting) gather(call farm.Call) *farm.Crew {
	m.Helper()
	ctx, cancel := context.WithTimeout(m.Context(), time.Minute)
	defer cancel()
	call.Build = "1.0"
	c, err := m.farm.Gather(ctx, call)
	require.NoError(m, err)
	m.Cleanup(c.Close)
	return c
}

// Workers do their orders, each for its shard, and what comes of them may be large.
func TestCrew(t *testing.T) {
	t.Parallel()
	m := meet(t)
	large := bytes.Repeat([]byte("a phone "), 200_000)
	var all []chan *duty
	at := make(chan bool, 3) // whoever is at a long order
	for i := range 3 {
		duties, _ := m.hand(fmt.Sprint("w", i), func(ctx context.Context, order []byte) ([]byte, error) {
			switch string(order) {
			case "much":
				return large, nil
			case "nothing":
				return nil, nil
			case "long":
				at <- true
				<-ctx.Done()
				return nil, ctx.Err()
			}
			return order, nil
		}, nil)
		all = append(all, duties)
	}
	c := m.gather(farm.Call{Wanted: 3, Phones: 100})
	require.Equal(t, []int{33, 33, 34}, []int{c.Phones(0), c.Phones(1), c.Phones(2)})
	for _, o := range []string{"first", "much", "nothing", "last"} {
		want := []byte(o)
		switch o {
		case "much":
			want = large
		case "nothing":
			want = nil
		}
		results, err := c.Order(t.Context(), []byte(o))
		require.NoError(t, err)
		for i := range 3 {
			require.True(t, bytes.Equal(want, results[i]), "%s of worker %d: %d bytes", o, i, len(results[i]))
		}
	}
	own := [][]byte{large[1:], []byte("own"), large} // in pieces, or not
	results, err := c.OrderEach(t.Context(), own)
	require.NoError(t, err)
	for i := range 3 {
		require.True(t, bytes.Equal(own[i], results[i]), "worker %d: %d bytes", i, len(results[i]))
	}
	for i, p := range c.Progress() {
		require.JSONEq(t, fmt.Sprintf(`{"shard":%d}`, i), string(p))
	}

	// Who comes later has no place. What somebody is at ends with another order.
	late, _ := m.hand("late", obeys, nil)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for range 3 {
			<-at
		}
		cancel()
	}()
	_, err = c.Order(ctx, []byte("long"))
	require.ErrorIs(t, err, context.Canceled)
	_, err = c.Order(t.Context(), []byte("last"))
	require.NoError(t, err)
	require.Empty(t, late)
	_, err = c.Order(t.Context(), make([]byte, farm.MaxOrder+1))
	require.Error(t, err, "an order is no longer")

	c.Close()
	seen := map[lab.Shard]bool{}
	for _, duties := range all {
		d := <-duties
		seen[d.shard] = true
		require.Eventually(t, func() bool { return !d.ended().IsZero() }, time.Minute, time.Millisecond)
		orders := slices.Insert([]string{"first", "much", "nothing", "last", "long", "last"}, 4, string(own[d.shard.Index]))
		require.True(t, slices.Equal(orders, d.orders), "each once, and whole")
	}
	require.Len(t, seen, 3)
}

// A worker that is cut off is silent before the run's command takes it for lost; the others go on.
func TestOutOfContact(t *testing.T) {
	t.Parallel()
	m := meet(t)
	const ackWait = 10 * time.Second
	w := newWall(t, m.address())
	near, _ := m.hand("near", obeys, nil)
	far, _ := m.hand("far", func(ctx context.Context, order []byte) ([]byte, error) {
		if string(order) == "boot" {
			<-ctx.Done()
		}
		return order, ctx.Err()
	}, w)
	c := m.gather(farm.Call{Wanted: 2, Phones: 5000, AckWait: ackWait})
	_, err := c.Order(t.Context(), []byte("begin"))
	require.NoError(t, err)
	d := <-far
	cut := time.AfterFunc(ackWait/8, func() { close(w.shut) })
	defer cut.Stop()
	began := time.Now()
	_, err = c.Order(t.Context(), []byte("boot"))
	found := time.Now()
	require.EqualError(t, err, "worker far lost 2,500 phones")
	require.False(t, d.ended().IsZero())
	require.True(t, d.ended().Before(found), "silent %v before it is lost", found.Sub(d.ended()))
	require.Greater(t, d.ended().Sub(began), ackWait/2, "not at once: contact may come back")
	require.Equal(t, []farm.LostError{{Worker: "far", Phones: 2500}}, c.Lost())

	results, err := c.Order(t.Context(), []byte("report"))
	require.NoError(t, err)
	i := (<-near).shard.Index
	require.Equal(t, "report", string(results[i]))
	require.Nil(t, results[1-i])
}

// deaf counts datagrams and answers none.
type deaf struct {
	net.PacketConn
	mu   sync.Mutex
	n    int
	last time.Time
}

func newDeaf(t *testing.T) *deaf {
	conn, err := net.ListenPacket("udp4", "127.21.3.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	d := &deaf{PacketConn: conn}
	go func() {
		for buf := make([]byte, 1500); ; {
			if _, _, err := conn.ReadFrom(buf); err != nil {
				return
			}
			d.mu.Lock()
			d.n, d.last = d.n+1, time.Now()
			d.mu.Unlock()
		}
	}()
	return d
}

// heard is how many there were, and when the last came.
func (d *deaf) heard() (int, time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.n, d.last
}

// phoned is a duty of phones that ask a server, which does not answer.
type phoned struct {
	*wire.Fleet
	end sync.Once
}

func (p *phoned) Do(ctx context.Context, _ []byte) ([]byte, error) {
	p.Send(phone.PowerOn{}, nil)
	return nil, p.Settle(ctx)
}

func (p *phoned) Progress() json.RawMessage { return nil }
func (p *phoned) Close()                    { p.end.Do(p.Fleet.Close) }

// Phones that send whatever they can send nothing any more when their worker is out of contact for
// three quarters of an AckWait, before the run's command takes it for lost.
func TestNothingIsSentOutOfContact(t *testing.T) {
	t.Parallel()
	m := meet(t)
	const ackWait = 10 * time.Second
	server, w := newDeaf(t), newWall(t, m.address())
	m.serving("w", w, func(string, lab.Shard) (farm.Duty, error) {
		f, err := wire.New(wire.Config{
			Clock: clock{}, At: netip.MustParseAddr("127.21.3.2"),
			Limits: fleet.Limits{TFTPTimeout: 20 * time.Millisecond, TFTPRetries: 10_000},
		})
		if err != nil {
			return nil, err
		}
		for i := range 20 {
			f.Add(phone.New(phone.Setup{
				Name: fmt.Sprintf("SEP00000000%04X", i), IP: netip.MustParseAddr("127.21.3.2"), Profile: phone.Profiles()[0],
				Servers: []string{server.LocalAddr().String()},
			}))
		}
		return &phoned{Fleet: f}, nil
	})
	c := m.gather(farm.Call{Wanted: 1, Phones: 20, AckWait: ackWait})
	time.AfterFunc(ackWait/8, func() { close(w.shut) })
	began := time.Now()
	_, err := c.Order(t.Context(), nil)
	found := time.Now()
	require.EqualError(t, err, "worker w lost 20 phones")
	time.Sleep(ackWait / 8) // for what a busy machine has not read yet
	n, last := server.heard()
	require.Greater(t, last.Sub(began), ackWait/2, "they went on, as contact may come back")
	require.True(t, last.Before(found))
	time.Sleep(ackWait / 8)
	after, _ := server.heard()
	require.Equal(t, n, after)
	require.Greater(t, n, 20*10, "that were many before")
}

type clock struct{}

func (clock) Now() time.Time { return time.Now() }

// A short break is none.
func TestBackInTime(t *testing.T) {
	t.Parallel()
	m := meet(t)
	duties, _ := m.hand("w", func(ctx context.Context, order []byte) ([]byte, error) {
		time.Sleep(8 * time.Second)
		return order, ctx.Err()
	}, nil)
	c := m.gather(farm.Call{Wanted: 1, Phones: 1, AckWait: 5 * time.Second})
	results, err := c.Order(t.Context(), []byte("longer than an AckWait"))
	require.NoError(t, err)
	require.Equal(t, "longer than an AckWait", string(results[0]))
	require.True(t, (<-duties).ended().IsZero())
}

// A worker that ends gives no answer any more; one that refuses says why.
func TestRefusals(t *testing.T) {
	t.Parallel()
	m := meet(t)
	_, stop := m.hand("w", func(_ context.Context, order []byte) ([]byte, error) {
		switch string(order) {
		case "panic":
			panic("a bug")
		case "refuse":
			return nil, errors.New("10.1.1.1 is no --target")
		}
		return order, nil
	}, nil)
	c := m.gather(farm.Call{Wanted: 1, Phones: 7, AckWait: 5 * time.Second})
	for order, says := range map[string]string{
		"refuse": "worker w: 10.1.1.1 is no --target", "panic": "worker w: a fault of the program itself: a bug",
	} {
		_, err := c.Order(t.Context(), []byte(order))
		require.ErrorContains(t, err, says)
		require.ErrorAs(t, err, new(*farm.RefusedError))
	}
	results, err := c.Order(t.Context(), []byte("fine"))
	require.NoError(t, err)
	require.Equal(t, "fine", string(results[0]))
	stop()
	_, err = c.Order(t.Context(), []byte("more"))
	require.EqualError(t, err, "worker w lost 7 phones")
	c.Close()

	m.hand("x", obeys, nil)
	c = m.gather(farm.Call{Kind: "nonsense", Wanted: 1, Phones: 7})
	_, err = c.Order(t.Context(), []byte("begin"))
	require.EqualError(t, err, "worker x: this worker does no nonsense")
}

// The run's command waits for its workers, and they for it: whoever comes first. One of another
// build is not taken.
func TestWaitingForWorkers(t *testing.T) {
	t.Parallel()
	m := meet(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	_, err := m.farm.Gather(ctx, farm.Call{Build: "2.0", Wanted: 1})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	duties, _ := m.hand("w", obeys, nil)
	ctx, cancel = context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	_, err = m.farm.Gather(ctx, farm.Call{Build: "2.0", Wanted: 1})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.Empty(t, duties)
	for range 2 {
		c := m.gather(farm.Call{Wanted: 1, Phones: 1})
		_, err = c.Order(t.Context(), []byte("begin"))
		require.NoError(t, err)
		c.Close()
		d := <-duties
		require.Eventually(t, func() bool { return !d.ended().IsZero() }, time.Minute, time.Millisecond)
	}
}
