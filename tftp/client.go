package tftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"itlsim/itl"

	pin "github.com/pin/tftp/v3"
)

// Client fetches files as a phone does. The zero value is ready; any number of
// goroutines may share one, provided that nobody changes it.
type Client struct {
	// Local is the address to ask from, a phone's own in 127.0.0.0/8. The zero
	// value leaves the choice to the kernel.
	Local netip.Addr

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

	// maxName keeps pin/tftp from cutting names off: it packs a request into
	// 516 bytes and leaves 10 for the mode.
	maxName = 500

	// firstBuffer holds the usual list or configuration without a second allocation.
	firstBuffer = 8 << 10
)

// Get fetches the file called name from server, an address and port.
//
// The error wraps [ErrNotFound] if the server has no such file, and the
// context's error if ctx ended first; or it is a [*ServerError],
// [*TooLargeError], [*NoAnswerError] or, for a name that no request can carry,
// [*NameError]. When ctx ends, Get returns at the next block, which is at worst
// one Timeout away. (Only a server that answers each packet with an OACK, which
// is never asked for, can hold it for longer.)
func (c *Client) Get(ctx context.Context, server, name string) ([]byte, error) {
	if len(name) > maxName || strings.Contains(name, "\x00") {
		return nil, &NameError{name, "does not fit into a request"}
	}
	d := download{ctx: ctx, max: or(c.MaxSize, itl.MaxFile)}
	err := d.fetch(c, server, name)
	switch code, message, isERROR := parseERROR(err); {
	case err == nil:
		return d.data, nil
	case ctx.Err() != nil:
		return nil, fmt.Errorf("%s from %s: %w", name, server, ctx.Err())
	case err == errTooLarge:
		return nil, &TooLargeError{server, name, d.max}
	case isERROR && code == 1 && !d.begun:
		return nil, fmt.Errorf("%s from %s: %w", name, server, ErrNotFound)
	case isERROR:
		return nil, &ServerError{server, name, code, message}
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

// download is one transfer, and the writer that its blocks go to.
type download struct {
	ctx   context.Context
	max   int
	begun bool // a block has arrived
	data  []byte
}

var errTooLarge = errors.New("file too large") // also goes to the server

func (d *download) Write(block []byte) (int, error) {
	d.begun = true
	if err := d.ctx.Err(); err != nil {
		return 0, err
	}
	if len(d.data)+len(block) > d.max {
		return 0, errTooLarge
	}
	if d.data == nil {
		d.data = make([]byte, 0, min(firstBuffer, d.max))
	}
	d.data = append(d.data, block...)
	return len(block), nil
}

// fetch runs the transfer.
//
// pin/tftp knows no context. Between two blocks, Write can end a transfer; while
// it waits, only its back-off handler runs, which can return nothing but a
// duration. So that handler panics when ctx has ended, here, on Get's own
// goroutine. The same recovery keeps a server from crashing the program: an
// unasked OACK that fills its datagram makes pin/tftp write beyond a buffer.
func (d *download) fetch(c *Client, server, name string) (err error) {
	if err := d.ctx.Err(); err != nil {
		return err
	}
	if c.Path != nil {
		r, err := newRelay(c.Path, c.Local, server)
		if err != nil {
			return err
		}
		defer r.close()
		server = r.address()
	}
	client, err := pin.NewClient(server)
	if err != nil {
		return err
	}
	if c.Local.IsValid() {
		if err := client.SetLocalAddr(c.Local.String()); err != nil {
			return err
		}
	}
	client.SetTimeout(or(c.Timeout, DefaultTimeout))
	client.SetRetries(or(c.Retries, DefaultRetries))
	// By default pin/tftp sleeps for up to a second on top of each time-out.
	client.SetBackoff(func(int) time.Duration {
		if err := d.ctx.Err(); err != nil {
			panic(err)
		}
		if c.Retransmits != nil {
			c.Retransmits.Add(1)
		}
		return 0
	})

	var body io.WriterTo
	defer func() {
		if problem := recover(); problem != nil {
			err = fmt.Errorf("transfer abandoned: %v", problem)
			release(body)
		}
	}()
	if body, err = client.Receive(name, "octet"); err != nil {
		return err
	}
	_, err = body.WriteTo(d)
	return err
}

// release closes the socket of a transfer that a panic left in the middle:
// pin/tftp does so, and tells the server, when its last block cannot be written.
func release(body io.WriterTo) {
	if body == nil {
		return // Receive closes its own
	}
	defer func() { _ = recover() }() // no block yet: then only the garbage collector closes it
	_, _ = body.WriteTo(closed{})
}

type closed struct{}

func (closed) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

// parseERROR reads an ERROR packet's code and message out of the text that
// pin/tftp makes of it, the only form in which it hands them on.
func parseERROR(err error) (code uint16, message string, ok bool) {
	if err == nil {
		return 0, "", false
	}
	text, ok := strings.CutPrefix(err.Error(), "code: ")
	number, message, _ := strings.Cut(text, ", message: ")
	n, parseErr := strconv.ParseUint(number, 10, 16)
	message, _, _ = strings.Cut(message, "\x00")
	return uint16(n), message, ok && parseErr == nil
}
