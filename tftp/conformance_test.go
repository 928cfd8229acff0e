package tftp

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/internal/build"
)

// The engines: this package's own where there is one, and pin/tftp, which was written
// by somebody else and is the engine of other systems.
var (
	serverEngines = map[string]listener{"own server": listenEngine, "pin server": listenPin}
	clientEngines = map[string]fetcher{"own client": fetchEngine, "pin client": fetchPin}
)

// pairs runs a test with each server and each client. Both have time for every fault.
func pairs(t *testing.T, files shelf, test func(t *testing.T, s *Server, get func(at, name string) outcome)) {
	for serverName, listen := range serverEngines {
		for clientName, fetch := range clientEngines {
			t.Run(serverName+", "+clientName, func(t *testing.T) {
				t.Parallel()
				s, err := listenBy(listen, "127.0.0.2:0", ServerConfig{
					Files: files.get, Timeout: 50 * time.Millisecond, Retries: 100,
				})
				require.NoError(t, err)
				defer s.Close()
				defer s.Hurry()
				c := &Client{
					Local: netip.MustParseAddr("127.1.0.7"), Timeout: 50 * time.Millisecond, Retries: 100, MaxSize: 1 << 30,
				}
				test(t, s, func(at, name string) outcome {
					data, err := c.getBy(t.Context(), fetch, at, name)
					return outcome{data, err}
				})
			})
		}
	}
}

// Files of any size arrive whole over any network, and what is missing is missing.
func TestConformance(t *testing.T) {
	files := shelf{}
	for _, size := range []int{0, 1, 511, 512, 513, 5302, 20000} {
		files[fmt.Sprint(size)] = contents(size)
	}
	for name, faults := range map[string]faults{
		"sound":    {},
		"loses":    {lose: 0.1},
		"doubles":  {double: 0.3},
		"reorders": {late: 0.3},
		"all":      {lose: 0.05, double: 0.1, late: 0.1},
	} {
		t.Run(name, func(t *testing.T) {
			pairs(t, files, func(t *testing.T, s *Server, get func(at, name string) outcome) {
				for name, file := range files {
					got := get(newNetwork(t, s.Addr(), faults), name)
					require.NoError(t, got.err, name)
					require.True(t, bytes.Equal(file, got.data), name)
				}
				require.ErrorIs(t, get(newNetwork(t, s.Addr(), faults), "missing").err, ErrNotFound)
			})
		})
	}
}

// Block numbers begin again after 65,535.
func TestConformanceBeyond65535(t *testing.T) {
	if build.Raced {
		t.Skip(build.Alone)
	}
	files := shelf{"f": contents(65536*512 + 1)}
	pairs(t, files, func(t *testing.T, s *Server, get func(at, name string) outcome) {
		if strings.Count(t.Name(), "pin") != 1 {
			t.Skip("the other pairs show it")
		}
		got := get(s.Addr().String(), "f")
		require.NoError(t, got.err)
		require.True(t, bytes.Equal(files["f"], got.data))
	})
}

// Datagrams of any kind, at the port for requests and at that of a transfer, harm
// neither the server nor the transfer.
func TestConformanceHostile(t *testing.T) {
	file := contents(5302)
	pairs(t, shelf{"f": file}, func(t *testing.T, s *Server, get func(at, name string) outcome) {
		stranger, phone := socket(t, "127.6.6.6:0"), socket(t, "127.1.0.8:0")
		junk := [][]byte{
			{}, {0}, {0, 1}, packet(9), packet(opERROR), block(opACK, 1, ""), block(opDATA, 1, "x"), block(opOACK, 0, "x"),
			request(opRRQ), packet(opRRQ, 'f', 'f'), bytes.Repeat([]byte{0}, 600), bytes.Repeat([]byte{0, 1}, 3000),
			block(opERROR, 5, "\x00"),
		}
		phone.send(request(opRRQ, "f", "octet"), s.Addr())
		_, from := phone.receive()
		for _, p := range junk {
			stranger.send(p, s.Addr())
			stranger.send(p, from)
			if len(p) > 1 && p[1] != opERROR && p[1] != opACK {
				phone.send(p, s.Addr())
			}
		}
		got := get(s.Addr().String(), "f")
		require.NoError(t, got.err)
		require.True(t, bytes.Equal(file, got.data))
		for n := 1; ; n++ {
			phone.send(block(opACK, uint16(n), ""), from)
			p, at := phone.receive()
			for at != from || !bytes.Equal(p[:4], block(opDATA, uint16(n+1), "")) { // one sent again
				p, at = phone.receive()
			}
			require.Equal(t, file[n*512:min((n+1)*512, len(file))], p[4:])
			if len(p) < 516 {
				phone.send(block(opACK, uint16(n+1), ""), from)
				break
			}
		}
		require.Eventually(t, func() bool { return s.Stats().Files == 2 }, time.Minute, time.Millisecond)
	})
}

// faults are shares of datagrams.
type faults struct {
	lose, double float64
	late         float64 // by some milliseconds, so that others overtake them
}

// A faultyNetwork lies between a client and a server during a transfer. It keeps TIDs
// apart: each port of the server's is a port of the network's, too.
type faultyNetwork struct {
	t      *testing.T
	faults faults
	far    raw // towards the server
	done   sync.WaitGroup

	mu     sync.Mutex
	rand   *rand.Rand
	over   bool
	client netip.AddrPort
	near   map[netip.AddrPort]raw // towards the client, by the server's port
}

// newNetwork returns where the client reaches the server.
func newNetwork(t *testing.T, server netip.AddrPort, f faults) string {
	n := &faultyNetwork{
		t: t, faults: f, far: socket(t, "127.1.0.9:0"),
		rand: rand.New(rand.NewPCG(1, 1)), near: make(map[netip.AddrPort]raw),
	}
	address := n.open(server).LocalAddr().String()
	n.done.Go(func() {
		n.pass(n.far, func(p []byte, from netip.AddrPort) {
			n.mu.Lock()
			defer n.mu.Unlock()
			if !n.over {
				n.open(from).WriteToUDPAddrPort(p, n.client)
			}
		})
	})
	t.Cleanup(func() {
		n.far.Close()
		n.mu.Lock()
		n.over = true
		for _, at := range n.near {
			at.Close()
		}
		n.mu.Unlock()
		n.done.Wait()
	})
	return address
}

// open is the port that stands for one of the server's.
func (n *faultyNetwork) open(server netip.AddrPort) raw {
	if at, ok := n.near[server]; ok {
		return at
	}
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 9)})
	if err != nil {
		panic(err)
	}
	at := raw{conn, n.t}
	n.near[server] = at
	n.done.Go(func() {
		n.pass(at, func(p []byte, from netip.AddrPort) {
			n.mu.Lock()
			n.client = from
			n.mu.Unlock()
			n.far.WriteToUDPAddrPort(p, server)
		})
	})
	return at
}

// pass hands on what comes to a socket, more or less.
func (n *faultyNetwork) pass(from raw, hand func(p []byte, from netip.AddrPort)) {
	for {
		buf := make([]byte, 1<<16)
		length, sender, err := from.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		n.mu.Lock()
		lost, copies, late := n.rand.Float64() < n.faults.lose, 1, n.rand.Float64() < n.faults.late
		if n.rand.Float64() < n.faults.double {
			copies = 2
		}
		after := time.Duration(n.rand.Int64N(int64(10 * time.Millisecond)))
		n.mu.Unlock()
		for range copies {
			switch {
			case lost:
			case late:
				time.AfterFunc(after, func() { hand(buf[:length], sender) })
			default:
				hand(buf[:length], sender)
			}
		}
	}
}
