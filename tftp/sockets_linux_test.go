package tftp

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func phoneAt(i int) netip.Addr { return netip.AddrFrom4(phoneIP(i)) }

// Phones that share sockets ask from addresses of their own, and each gets its files.
func TestPhonesShareSockets(t *testing.T) {
	const phones = 300
	files := shelf{}
	for i := range phones {
		files[fmt.Sprint(i)] = contents(1000 + i)
	}
	server := listen(t, ServerConfig{Files: files.get})
	shared := NewSockets()
	together(phones, func(i int) {
		c := &Client{Local: phoneAt(i), Sockets: shared, Retries: 1000}
		for _, name := range []string{fmt.Sprint(i), "missing", fmt.Sprint((i + 1) % phones)} {
			data, err := c.Get(t.Context(), server.Addr().String(), name)
			if want, ok := files[name]; ok != (err == nil) || !slices.Equal(want, data) {
				t.Error(name, err)
			}
		}
	})
	require.LessOrEqual(t, len(shared.ports), fewPorts)
	shared.Close()
	stats := final(t, server)
	require.EqualValues(t, 2*phones, stats.Files)
	require.EqualValues(t, phones, stats.NotFound)

	node := socket(t, "127.0.0.3:0")
	shared = NewSockets()
	defer shared.Close()
	var ports []uint16
	for i := range 2 {
		done := getting(t.Context(), &Client{Local: phoneAt(i), Sockets: shared}, node.LocalAddr(), "f")
		_, from := node.receive()
		require.Equal(t, phoneAt(i), from.Addr())
		ports = append(ports, from.Port())
		node.send(block(opDATA, 1, ""), from)
		require.NoError(t, (<-done).err)
		node.receive()
	}
	require.Equal(t, ports[0], ports[1], "one socket for both")
}

// Clients of one address share sockets, but never a port at a time. One without an
// address is not among them: it might have theirs.
func TestClientsOfOneAddress(t *testing.T) {
	server := listen(t, ServerConfig{Files: shelf{"f": contents(5302)}.get})
	shared := NewSockets()
	defer shared.Close()
	var again atomic.Uint64 // whose TIDs rest
	together(50, func(int) {
		c := &Client{Local: phoneAt(1), Sockets: shared, Retries: 1000, Retransmits: &again}
		for range 5 {
			if data, err := c.Get(t.Context(), server.Addr().String(), "f"); err != nil || len(data) != 5302 {
				t.Error(err)
			}
		}
	})
	none := NewSockets()
	defer none.Close()
	_, err := (&Client{Sockets: none, Retries: 1000}).Get(t.Context(), server.Addr().String(), "f")
	require.NoError(t, err)
	require.Empty(t, none.ports)
	require.LessOrEqual(t, len(shared.ports), 50+fewPorts+int(again.Load()))
}

// Closing shared sockets ends what is under way, and whoever comes later is told.
func TestSharedSocketsAreClosed(t *testing.T) {
	node := socket(t, "127.0.0.3:0")
	for range 20 {
		shared := NewSockets()
		var waiting []<-chan outcome
		for i := range 10 {
			c := &Client{Local: phoneAt(i), Sockets: shared, Timeout: time.Minute}
			waiting = append(waiting, getting(t.Context(), c, node.LocalAddr(), "f"))
		}
		shared.Close()
		for _, done := range waiting {
			var silence *NoAnswerError
			err := (<-done).err
			require.ErrorAs(t, err, &silence)
			require.ErrorIs(t, err, net.ErrClosed)
		}
		shared.Close()
	}
}

// A phone whose address this machine does not have is told so, on shared sockets too.
func TestSharedSocketsAndForeignAddress(t *testing.T) {
	shared := NewSockets()
	defer shared.Close()
	for _, local := range []string{"192.0.2.1", "2001:db8::1"} {
		c := &Client{Local: netip.MustParseAddr(local), Sockets: shared}
		_, err := c.Get(t.Context(), "127.0.0.3:69", "f")
		var silence *NoAnswerError
		require.ErrorAs(t, err, &silence, local)
		require.True(t, silence.Local(), "%v", err)
	}
}

// Cancelled on shared sockets, Get returns at once, and a server that answers later
// hears that nobody wants it.
func TestCancellationOnSharedSockets(t *testing.T) {
	node := socket(t, "127.0.0.3:0")
	shared := NewSockets()
	defer shared.Close()
	ctx, cancel := context.WithCancel(t.Context())
	done := getting(ctx, &Client{Local: phoneAt(1), Sockets: shared, Timeout: time.Minute}, node.LocalAddr(), "f")
	_, phone := node.receive()
	cancel()
	require.ErrorIs(t, (<-done).err, context.Canceled)
	node.send(block(opDATA, 1, "late"), phone)
	answer, _ := node.receive()
	require.Equal(t, block(opERROR, 0, "Transfer ended by client\x00"), answer)
}

// A burst of requests that nobody reads for a while loses none, also where the system
// grants buffers no larger than by default.
func TestBurst(t *testing.T) {
	defer func(usual int) { requestBuffer = usual }(requestBuffer)
	for _, requestBuffer = range []int{requestBuffer, 106_496} { // the kernel doubles it
		server := listen(t, ServerConfig{Files: shelf{"f": contents(5302)}.get, Timeout: time.Minute, Retries: 1})
		e := server.engine.(*sockets)
		e.mu.Lock() // readers wait with the first request
		var retransmits atomic.Uint64
		asked := make(chan struct{})
		shared := NewSockets()
		path := &scripted{lose: func(n int) bool {
			if n == burst {
				close(asked)
			}
			return false
		}}
		go func() {
			<-asked
			e.mu.Unlock()
		}()
		together(burst, func(i int) {
			c := &Client{Local: phoneAt(i), Sockets: shared, Timeout: time.Minute, Retransmits: &retransmits, Path: path}
			if _, err := c.Get(t.Context(), server.Addr().String(), "f"); err != nil {
				t.Error(err)
			}
		})
		shared.Close()
		require.Zero(t, retransmits.Load())
		stats := final(t, server)
		require.EqualValues(t, burst, stats.Files)
		require.Zero(t, stats.Retransmits)
		require.EqualValues(t, 500, stats.Peak)
	}
}

// Thousands of transfers of a few addresses that nobody acknowledges and that are asked
// for again: phones have their files all the same, and in the end nothing is left of them. That
// none has to ask twice TestHalfOpenTransfersThatAskAgain shows, where no machine is busy.
func TestPhonesBesideHalfOpenTransfers(t *testing.T) {
	const each, of = 300, 4
	server := listen(t, ServerConfig{
		Files: shelf{"f": contents(5302)}.get, MaxTransfers: 100, Timeout: time.Second, Retries: 1,
	})
	ctx, end := context.WithCancel(t.Context())
	var strangers sync.WaitGroup
	for i := range of {
		var half []raw
		for range each {
			half = append(half, socket(t, fmt.Sprintf("127.6.6.%d:0", 1+i)))
		}
		strangers.Go(func() {
			for ctx.Err() == nil {
				for _, s := range half {
					_, _ = s.WriteToUDPAddrPort(request(opRRQ, "f", "octet"), server.Addr())
					time.Sleep(100 * time.Microsecond)
				}
			}
		})
	}
	e := server.engine.(*sockets)
	silent := func() int {
		e.mu.Lock()
		defer e.mu.Unlock()
		return len(e.core.places.silent)
	}
	require.Eventually(t, func() bool { return silent() > 100 }, time.Minute, time.Millisecond)
	var retransmits atomic.Uint64
	shared := NewSockets()
	defer shared.Close()
	for range 5 {
		together(40, func(i int) {
			c := &Client{Local: phoneAt(i), Sockets: shared, Retries: patient.Retries, Retransmits: &retransmits}
			if _, err := c.Get(ctx, server.Addr().String(), "f"); err != nil {
				t.Error(err)
			}
		})
	}
	t.Logf("of 200 phones %d had to ask twice: on an idle machine none", retransmits.Load())
	end()
	strangers.Wait()
	require.Eventually(t, func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		return e.core.idle() && len(e.core.byEnds)+len(e.core.places.hosts) == 0
	}, time.Minute, 10*time.Millisecond)
}

// Who runs a server is told of each request that finds no room to wait.
func TestDroppedRequestsAreTold(t *testing.T) {
	dropped, release := make(chan struct{}, 2), make(chan struct{})
	server := listen(t, ServerConfig{
		MaxTransfers: 1, Dropped: func() { dropped <- struct{}{} },
		Files: func(string) ([]byte, error) {
			<-release
			return nil, ErrNotFound
		},
	})
	phone, other := socket(t, "127.1.0.7:0"), socket(t, "127.1.0.8:0")
	phone.send(request(opRRQ, "f", "octet"), server.Addr())
	e := server.engine.(*sockets)
	locked := func(do func()) {
		e.mu.Lock()
		defer e.mu.Unlock()
		do()
	}
	require.Eventually(t, func() bool { return server.Stats().Running == 1 }, time.Minute, time.Millisecond)
	locked(func() { e.core.places.held += 2 * maxHeld }) // as if so many waited
	other.send(request(opRRQ, "f", "octet"), server.Addr())
	<-dropped
	locked(func() { e.core.places.held -= 2 * maxHeld })
	close(release)
	require.EqualValues(t, 1, final(t, server).Dropped)
	require.Empty(t, dropped)
}

// Who asks everybody is not answered (RFC 1123, 4.2.3.5).
func TestRequestsToEverybody(t *testing.T) {
	server, err := Listen("0.0.0.0:0", ServerConfig{Files: shelf{"f": contents(10)}.get})
	require.NoError(t, err)
	defer server.Close()
	phone := socket(t, "127.1.0.7:0")
	for _, address := range []string{"127.255.255.255", "127.0.0.9"} {
		to := netip.AddrPortFrom(netip.MustParseAddr(address), server.Addr().Port())
		phone.send(request(opRRQ, "f", "octet"), to)
	}
	_, from := phone.receive()
	require.Equal(t, "127.0.0.9", from.Addr().String())
	phone.send(block(opACK, 1, ""), from)
	phone.silent()
	require.EqualValues(t, 1, final(t, server).Datagrams)
}

// The port of another program is not shared with it, however many sockets the server
// would have there.
func TestPortIsNotShared(t *testing.T) {
	defer func(usual int) { requestBuffer = usual }(requestBuffer)
	requestBuffer = 106_496
	first := listen(t, ServerConfig{})
	require.Greater(t, len(first.engine.(*sockets).requests), 8)
	_, err := Listen(first.Addr().String(), ServerConfig{})
	require.ErrorContains(t, err, "address already in use")
}

// A socket that is to be closed first answers what it has read.
func TestPortFinishes(t *testing.T) {
	p, err := listenPort(netip.MustParseAddrPort("127.0.0.2:0"))
	require.NoError(t, err)
	defer p.conn.Close()
	phone := socket(t, "127.1.0.7:0")
	phone.send([]byte("last"), p.at)
	p.read(blockSize, func(in datagram, to []byte) []byte {
		p.finish()
		return append(to, in.data...)
	})
	answer, _ := phone.receive()
	require.Equal(t, "last", string(answer))
}

// The last ACK reaches the server, however slow the way is and however soon Get returns.
func TestLastACKArrives(t *testing.T) {
	server := listen(t, ServerConfig{Files: shelf{"f": contents(10)}.get, Timeout: 10 * time.Second, Retries: 1})
	returned := make(chan struct{})
	path := &scripted{lose: func(n int) bool {
		if n == 3 { // the ACK
			<-returned
			time.Sleep(20 * time.Millisecond) // for sockets to be closed
		}
		return false
	}}
	client := onPath(path)
	client.Timeout = time.Minute // or another would be the third
	_, err := client.Get(t.Context(), server.Addr().String(), "f")
	close(returned)
	require.NoError(t, err)
	require.Eventually(t, func() bool { return server.Stats().Files == 1 }, time.Minute, time.Millisecond)
}

// When Close has waited for long enough, every client that is there is told.
func TestCloseTellsAll(t *testing.T) {
	const phones = 200
	server := listen(t, ServerConfig{Files: shelf{"f": contents(5302)}.get, Timeout: time.Second, Retries: 1})
	var all []raw
	for i := range phones {
		phone := socket(t, netip.AddrPortFrom(phoneAt(i), 0).String())
		phone.send(request(opRRQ, "f", "octet"), server.Addr())
		_, from := phone.receive()
		phone.send(block(opACK, 1, ""), from)
		phone.receive()
		all = append(all, phone)
	}
	server.engine.(*sockets).patience = 0
	require.EqualValues(t, phones, final(t, server).Failed)
	for _, phone := range all {
		p, _ := phone.receive()
		for p[1] == opDATA { // sent again
			p, _ = phone.receive()
		}
		require.Equal(t, block(opERROR, 0, "Service stopped\x00"), p)
	}
}

// Datagrams that are read and sent in batches cost no memory, and arrive with the
// addresses of both ends.
func TestBatchCostsNoMemory(t *testing.T) {
	everywhere, err := listenPort(netip.MustParseAddrPort("0.0.0.0:0"))
	require.NoError(t, err)
	defer everywhere.conn.Close()
	peer, err := listenPort(netip.MustParseAddrPort("127.0.0.2:0"))
	require.NoError(t, err)
	defer peer.conn.Close()
	in, out := newBatch(blockSize), newBatch(0)
	local, remote := [4]byte{127, 1, 0, 7}, end{peer.at.Addr().As4(), peer.at.Port()}
	round := func() {
		const some = 3
		for i := range some {
			out.buffers[i] = append(out.buffers[i][:0], byte(i))
			out.put(i, &local, remote)
		}
		out.write(everywhere.raw, some)
		for came := 0; came < some; {
			n, err := in.read(peer.raw)
			require.NoError(t, err)
			for i := range n {
				d, _ := in.datagram(i)
				if d.data[0] != byte(came) || d.remote != (end{local, everywhere.at.Port()}) || d.local != [4]byte{} {
					t.Fatalf("datagram %d: %v", came, d)
				}
				came++
			}
		}
	}
	require.Zero(t, testing.AllocsPerRun(100, round))
}
