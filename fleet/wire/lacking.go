package wire

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"

	"itlsim/sip"
)

// A Lack is what phones wanted of a server and did not get.
type Lack struct {
	Protocol string // TFTP, HTTP, TVS, SIP or HTTPS
	Server   string
	What     string
	Times    int
}

type lacking struct {
	mu   sync.Mutex
	seen map[Lack]int
}

// maxLacks bounds what is kept apart; a hostile server may fail in many ways.
const maxLacks = 1000

// add counts a lack; the phone's own name is taken out of it, so that what
// phones have in common is counted together.
func (l *lacking) add(protocol, server, device, what string) {
	k := Lack{Protocol: protocol, Server: server, What: strings.ReplaceAll(what, device, "SEP<MAC>")}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = make(map[Lack]int)
	}
	if _, ok := l.seen[k]; !ok && len(l.seen) >= maxLacks {
		k = Lack{Protocol: protocol, Server: server, What: "failed in other ways"}
	}
	l.seen[k]++
}

// Lacking tells what servers did not give, the most frequent first.
func (f *Fleet) Lacking() []Lack {
	f.lacking.mu.Lock()
	defer f.lacking.mu.Unlock()
	var all []Lack
	for l, n := range f.lacking.seen {
		l.Times = n
		all = append(all, l)
	}
	slices.SortFunc(all, func(a, b Lack) int {
		return cmp.Or(b.Times-a.Times, strings.Compare(a.Protocol+a.Server+a.What, b.Protocol+b.Server+b.What))
	})
	return all
}

// reason says an error in the same words for all phones.
func reason(err error) string {
	var network net.Error
	rejected, isRejected := errors.AsType[*sip.RejectedError](err)
	switch {
	case err == nil:
		return "no reason"
	case isRejected:
		return strings.TrimPrefix(rejected.Error(), "SIP "+rejected.Server+": ")
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return "no answer in time"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE):
		return "closed the connection without an answer"
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next // the innermost names neither phone nor port
	}
	return err.Error()
}
