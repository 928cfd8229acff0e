package tftp

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// shelf is a FileFunc over a map.
type shelf map[string][]byte

func (s shelf) get(name string) ([]byte, error) {
	if data, ok := s[name]; ok {
		return data, nil
	}
	return nil, ErrNotFound
}

// contents are bytes that differ from block to block.
func contents(size int) []byte {
	data := make([]byte, size)
	r := rand.New(rand.NewPCG(uint64(size), 0))
	for i := range data {
		data[i] = byte(r.Uint32())
	}
	return data
}

// patient is a client that no busy machine outlasts.
var patient = &Client{Retries: 1000}

// listen starts a server that gives up after three seconds.
func listen(t testing.TB, cfg ServerConfig) *Server {
	if cfg.Timeout == 0 {
		cfg.Timeout, cfg.Retries = 100*time.Millisecond, 30
	}
	s, err := Listen("127.0.0.2:0", cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// final closes the server, so that every transfer is counted.
func final(t *testing.T, s *Server) ServerStats {
	require.NoError(t, s.Close())
	return s.Stats()
}

// The packets of RFC 1350 and RFC 2347, as foreign peers build them.

func packet(op uint16, rest ...byte) []byte { return append([]byte{0, byte(op)}, rest...) }

func request(op uint16, fields ...string) []byte {
	p := packet(op)
	for _, f := range fields {
		p = append(append(p, f...), 0)
	}
	return p
}

func block(op, number uint16, data string) []byte {
	return append(binary.BigEndian.AppendUint16(packet(op), number), data...)
}

// raw is a UDP socket of a peer that need not keep to any protocol.
type raw struct {
	*net.UDPConn
	t testing.TB
}

func socket(t testing.TB, addr string) raw {
	conn, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(addr)))
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return raw{conn, t}
}

func (r raw) send(p []byte, to netip.AddrPort) {
	_, err := r.WriteToUDPAddrPort(p, to)
	require.NoError(r.t, err)
}

// receive waits for a packet; it fails the test rather than wait for ever.
func (r raw) receive() ([]byte, netip.AddrPort) {
	buf := make([]byte, 1<<16)
	require.NoError(r.t, r.SetReadDeadline(time.Now().Add(time.Minute)))
	n, from, err := r.ReadFromUDPAddrPort(buf)
	require.NoError(r.t, err)
	return buf[:n], from
}

// silent fails the test if anything else has come.
func (r raw) silent() {
	require.NoError(r.t, r.SetReadDeadline(time.Now().Add(20*time.Millisecond)))
	n, from, err := r.ReadFromUDPAddrPort(make([]byte, 1<<16))
	require.ErrorIs(r.t, err, os.ErrDeadlineExceeded, "%d bytes from %s", n, from)
}

// outcome is what a Get returned.
type outcome struct {
	data []byte
	err  error
}

// getting runs a Get beside the test that plays its server.
func getting(ctx context.Context, c *Client, server net.Addr, name string) <-chan outcome {
	done := make(chan outcome, 1)
	go func() {
		data, err := c.Get(ctx, server.String(), name)
		done <- outcome{data, err}
	}()
	return done
}

// together runs n phones at once.
func together(n int, phone func(i int)) {
	var running sync.WaitGroup
	for i := range n {
		running.Go(func() { phone(i) })
	}
	running.Wait()
}
