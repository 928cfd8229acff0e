package sip

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"time"

	"itlsim/internal/cause"
	"itlsim/internal/tcp"
)

// NoAnswerError says that there was no connection, or no answer in time.
type NoAnswerError struct {
	Server string
	During string // "connecting", "handshake", or the request's method
	Err    error
}

func (e *NoAnswerError) Error() string {
	return fmt.Sprintf("SIP %s, %s: %s", e.Server, e.During, cause.OfPeer(e.Err))
}

// Unwrap gives the cause.
func (e *NoAnswerError) Unwrap() error { return e.Err }

// RejectedError says that the request was answered with another status than success.
type RejectedError struct {
	Server, Method string
	Code           int    // of the answer, 400 or higher
	Reason         string // the phrase beside it
}

func (e *RejectedError) Error() string {
	return fmt.Sprintf("SIP %s: %s answered with %d %s", e.Server, e.Method, e.Code, e.Reason)
}

// DefaultTimeout is what a zero Client.Timeout means. It is the Expires of a
// phone's alarm.
const DefaultTimeout = 10 * time.Second

// Client connects to peers. The zero value is ready.
type Client struct {
	Local   netip.Addr    // to connect from; zero: the kernel's choice
	Timeout time.Duration // of the connection, and of each answer
	Path    Path          // what connections have to pass; nil disturbs nothing
	TLS     *tls.Config   // nil: without
}

// A Path is what lies between a client and the servers that it connects to.
type Path interface {
	// Dial connects to a server, host:port, from an address; the zero one stands for
	// whichever the system chooses.
	Dial(ctx context.Context, local netip.Addr, server string) (net.Conn, error)
}

// Dial connects to host:port. Its error is a [*NoAnswerError].
func (c *Client) Dial(ctx context.Context, server string) (*Conn, error) {
	timeout := c.Timeout
	if timeout == 0 {
		timeout = DefaultTimeout
	}
	raw, err := c.connect(ctx, timeout, server)
	if err != nil {
		return nil, &NoAnswerError{server, "connecting", err}
	}
	if c.TLS != nil {
		if raw, err = c.handshake(ctx, timeout, raw); err != nil {
			return nil, &NoAnswerError{server, "handshake", err}
		}
	}
	conn := newConn(raw)
	conn.server, conn.timeout, conn.ctx = server, timeout, ctx
	conn.stop = context.AfterFunc(ctx, func() { raw.SetDeadline(time.Unix(1, 0)) })
	return conn, nil
}

func (c *Client) connect(ctx context.Context, timeout time.Duration, server string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if c.Path != nil {
		return c.Path.Dial(ctx, c.Local, server)
	}
	return tcp.Dial(ctx, c.Local, server)
}

// handshake makes a connection one by TLS, or closes it.
func (c *Client) handshake(ctx context.Context, timeout time.Duration, raw net.Conn) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	conn := tls.Client(raw, c.TLS)
	if err := conn.HandshakeContext(ctx); err != nil {
		raw.Close()
		return nil, err
	}
	return conn, nil
}

// Conn is a connection that carries SIP messages. It is for one goroutine.
type Conn struct {
	net.Conn
	server  string
	timeout time.Duration
	ctx     context.Context // of a client's
	stop    func() bool
	in      *incoming
}

func newConn(raw net.Conn) *Conn { return &Conn{Conn: raw, in: buffers.Get().(*incoming)} }

// Close closes the connection.
func (c *Conn) Close() error {
	if c.stop != nil {
		c.stop()
	}
	if c.in != nil {
		c.in.release()
		c.in = nil
	}
	return c.Conn.Close()
}

// next reads a message. Its error is io.EOF between two messages, else what the
// connection or the parser says.
func (c *Conn) next() (*Message, error) { return c.in.next(c.Conn) }

// An Answer is what came of a request: the final answer, and an error where that
// is no success, or did not come.
type Answer struct {
	*Message
	Err error // a [*NoAnswerError], or a [*RejectedError]
}

// Ask sends a request and waits for its final answer.
func (c *Conn) Ask(r Request) Answer { return c.AskAll(r)[0] }

// AskAll sends requests without waiting in between, then waits for the final
// answers, whatever their order.
func (c *Conn) AskAll(requests ...Request) []Answer {
	answers := make([]Answer, len(requests))
	c.SetDeadline(time.Now().Add(c.timeout))
	err := c.ctx.Err() // which has moved the deadline before, or will
	if err == nil {
		err = c.send(requests)
	}
	for waiting := len(requests); err == nil && waiting > 0; {
		var response *Message
		if response, err = c.next(); err != nil {
			break
		}
		if response.StatusCode < 200 {
			continue // a request, or provisional
		}
		for i, r := range requests {
			if answers[i].Message == nil && r.answeredBy(response) {
				answers[i] = c.answer(r, response)
				waiting--
				break
			}
		}
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = context.DeadlineExceeded
	}
	for i, r := range requests {
		if answers[i].Message == nil {
			answers[i].Err = &NoAnswerError{c.server, r.Method, err}
		}
	}
	return answers
}

// drafts are *[]byte in which messages that go out together are put together.
var drafts = sync.Pool{New: func() any { return new([]byte) }}

// send writes all requests at once.
func (c *Conn) send(requests []Request) error {
	if len(requests) == 1 {
		_, err := c.Conn.Write(requests[0].Bytes)
		return err
	}
	all := drafts.Get().(*[]byte)
	defer drafts.Put(all)
	*all = (*all)[:0]
	for _, r := range requests {
		*all = append(*all, r.Bytes...)
	}
	_, err := c.Conn.Write(*all)
	return err
}

func (c *Conn) answer(r Request, response *Message) Answer {
	if response.StatusCode < 300 {
		return Answer{Message: response}
	}
	return Answer{response, &RejectedError{c.server, r.Method, response.StatusCode, strings.Clone(response.Reason)}}
}

// answeredBy reports whether a response is about the request.
func (r Request) answeredBy(response *Message) bool {
	_, method := response.cseq()
	return method == r.Method && response.CallID() == r.CallID
}
