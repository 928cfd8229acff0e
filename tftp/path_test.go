package tftp

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// scripted loses datagrams by their numbers, counted in both directions, and delays
// all others.
type scripted struct {
	delay time.Duration
	lose  func(n int) bool
	mu    sync.Mutex
	n     int // so far
}

func (s *scripted) Datagram() (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n++
	return s.delay, s.lose != nil && s.lose(s.n)
}

// passed counts the datagrams so far.
func (s *scripted) passed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func onPath(p Path) *Client {
	return &Client{Local: netip.MustParseAddr("127.1.0.7"), Timeout: 50 * time.Millisecond, Path: p}
}

// What a path loses is sent again, whichever way it was going.
func TestPathThatLoses(t *testing.T) {
	file := contents(1300)
	server := listen(t, ServerConfig{Files: shelf{"file": file}.get, Timeout: 20 * time.Millisecond, Retries: 30})
	// the request, block 1 and its ACK, …
	for _, lost := range [][]int{{1}, {2}, {3}, {4}, {5}, {1, 2, 3, 4}, {1, 3, 5, 7, 9}} {
		path := &scripted{lose: func(n int) bool { return slices.Contains(lost, n) }}
		data, err := onPath(path).Get(t.Context(), server.Addr().String(), "file")
		require.NoError(t, err, lost)
		require.Equal(t, file, data)
		require.Greater(t, path.passed(), 2*3+len(lost)/2-1)
	}
}

// Of what is lost the server sees nothing, and the client gives up when it always
// does.
func TestPathThatLosesAll(t *testing.T) {
	server := listen(t, ServerConfig{Files: shelf{"file": contents(10)}.get})
	path := &scripted{lose: func(int) bool { return true }}
	_, err := onPath(path).Get(t.Context(), server.Addr().String(), "file")
	_, silent := errors.AsType[*NoAnswerError](err)
	require.True(t, silent, err)
	require.True(t, os.IsTimeout(err) || errors.Is(err, os.ErrDeadlineExceeded), err)
	require.Equal(t, 1+DefaultRetries, path.passed())
	require.Zero(t, final(t, server).Datagrams)
}

// Each datagram is late by so much. An answer that comes after the time-out, when
// the request has been sent again, is taken; what comes after the last is not.
func TestPathThatDelays(t *testing.T) {
	hasty := ServerConfig{Files: shelf{"file": contents(10)}.get, Timeout: 20 * time.Millisecond, Retries: 5}
	server := listen(t, hasty)
	get := func(delay, timeout time.Duration, retries int) error {
		client := onPath(&scripted{delay: delay})
		client.Timeout, client.Retries = timeout, retries
		_, err := client.Get(t.Context(), server.Addr().String(), "file")
		return err
	}
	began := time.Now()
	require.NoError(t, get(60*time.Millisecond, 50*time.Millisecond, 1000))
	require.GreaterOrEqual(t, time.Since(began), 120*time.Millisecond)
	require.Error(t, get(400*time.Millisecond, time.Millisecond, 9))
}

// A slow path does not keep a client that is told to end.
func TestPathAndCancellation(t *testing.T) {
	server := listen(t, ServerConfig{Files: shelf{"file": contents(10)}.get})
	ctx, cancel := context.WithCancel(t.Context())
	client := onPath(&scripted{delay: 100 * time.Millisecond, lose: func(int) bool { cancel(); return false }})
	client.Retries = 1 << 30
	_, err := client.Get(ctx, server.Addr().String(), "file")
	require.ErrorIs(t, err, context.Canceled)
}
