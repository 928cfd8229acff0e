package tftp

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"itlsim/itl"
)

// Client fetches files as a phone does. The zero value is ready; any number of
// goroutines may share one, provided that nobody changes it.
type Client struct {
	// Local is the address to ask from, a phone's own in 127.0.0.0/8. The zero
	// value leaves the choice to the kernel.
	Local netip.Addr

	// Sockets, if not nil, are shared with other clients that have a Local address;
	// else each transfer has a socket of its own.
	Sockets *Sockets

	// Timeout is how long to wait for the answer to one packet before it is sent
	// again; 0 means DefaultTimeout.
	Timeout time.Duration

	// Retries is how often a packet is sent again; 0 means DefaultRetries.
	Retries int

	// MaxSize is the largest file to accept, in bytes; 0 means [itl.MaxFile], as
	// much as a phone downloads.
	MaxSize int

	// Retransmits, if not nil, counts the packets that were sent again.
	Retransmits *atomic.Uint64

	// Path is what the datagrams have to pass; nil loses and delays nothing.
	Path Path
}

const (
	// DefaultTimeout is what a zero Client.Timeout means, as phones' logs show
	// ("Timeout: retransmit the last packet (1)").
	DefaultTimeout = 500 * time.Millisecond
	// DefaultRetries is what a zero Client.Retries means.
	DefaultRetries = 9

	// maxDuration bounds a whole transfer, whose server may send each block just before
	// the client gives up: 2 MB could take six hours so. Over a network with a tenth of
	// a second there and back they take seven minutes.
	maxDuration = 10 * time.Minute

	// maxName leaves 10 bytes of a request for the mode.
	maxName = 500

	// firstBuffer holds the usual list or configuration without a second allocation.
	firstBuffer = 8 << 10
)

// Get fetches the file called name from server, an address and port.
//
// The error wraps [ErrNotFound] if the server has no such file, and the
// context's error if ctx ended first, whereupon Get returns at once; or it is a
// [*ServerError], [*TooLargeError], [*NoAnswerError] or, for a name that no request
// can carry, [*NameError].
func (c *Client) Get(ctx context.Context, server, name string) ([]byte, error) {
	return c.getBy(ctx, fetchEngine, server, name)
}

// A fetcher is a client's engine. It is given a client without zero values, and
// returns a [*peerError], errTooLarge, or why there was no answer.
type fetcher func(ctx context.Context, c *Client, server, name string) ([]byte, error)

func (c *Client) getBy(ctx context.Context, fetch fetcher, server, name string) ([]byte, error) {
	if len(name) > maxName || strings.Contains(name, "\x00") {
		return nil, &NameError{name, "does not fit into a request"}
	}
	full := *c
	full.MaxSize = or(c.MaxSize, itl.MaxFile)
	full.Timeout, full.Retries = or(c.Timeout, DefaultTimeout), or(c.Retries, DefaultRetries)
	if full.Retransmits == nil {
		full.Retransmits = new(atomic.Uint64)
	}
	err := ctx.Err()
	var data []byte
	if err == nil {
		data, err = fetch(ctx, &full, server, name)
	}
	refused, isERROR := errors.AsType[*peerError](err)
	switch {
	case err == nil:
		return data, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s from %s: %w", name, server, ctx.Err())
	case err == errTooLarge:
		return nil, &TooLargeError{server, name, full.MaxSize}
	case isERROR && refused.code == refusedMissing.code && !refused.begun:
		return nil, fmt.Errorf("%s from %s: %w", name, server, ErrNotFound)
	case isERROR:
		return nil, &ServerError{server, name, refused.code, refused.message}
	default:
		return nil, &NoAnswerError{server, name, err}
	}
}

// or returns v, or what its zero value stands for.
func or[T int | time.Duration](v, standard T) T {
	if v <= 0 {
		return standard
	}
	return v
}
