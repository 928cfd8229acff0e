package tftp

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	pin "github.com/pin/tftp/v3"
)

// A pinFetch is one transfer by pin/tftp, and the writer that its blocks go to.
type pinFetch struct {
	ctx   context.Context
	max   int
	ends  time.Time
	begun bool // a block has arrived
	data  []byte
}

func (d *pinFetch) Write(block []byte) (int, error) {
	d.begun = true
	if d.ctx.Err() != nil {
		return 0, errEnded
	}
	if time.Now().After(d.ends) {
		return 0, os.ErrDeadlineExceeded
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

var errEnded = errors.New(refusedEnded.message) // goes to the server

// fetchPin fetches a file by pin/tftp.
func fetchPin(ctx context.Context, c *Client, server, name string) ([]byte, error) {
	d := pinFetch{ctx: ctx, max: c.MaxSize, ends: time.Now().Add(maxDuration)}
	err := d.fetch(c, server, name)
	if code, message, ok := parseERROR(err); ok {
		return nil, &peerError{refusal{code, message}, d.begun}
	}
	return d.data, err
}

// fetch runs the transfer.
//
// pin/tftp knows no context. Between two blocks, Write can end a transfer; while
// it waits, only its back-off handler runs, which can return nothing but a
// duration. So that handler panics when ctx has ended, here, on Get's own
// goroutine. The same recovery keeps a server from crashing the program: an
// unasked OACK that fills its datagram makes pin/tftp write beyond a buffer.
func (d *pinFetch) fetch(c *Client, server, name string) (err error) {
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
	client.SetTimeout(c.Timeout)
	client.SetRetries(c.Retries)
	// By default pin/tftp sleeps for up to a second on top of each time-out.
	client.SetBackoff(func(int) time.Duration {
		if err := d.ctx.Err(); err != nil {
			panic(err)
		}
		c.Retransmits.Add(1)
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

func (closed) Write([]byte) (int, error) { return 0, errEnded }

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
