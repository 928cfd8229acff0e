package wire

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"sync"

	"itlsim/internal/cause"
	"itlsim/sip"
)

// A Failure is what phones wanted of a server and did not get.
type Failure struct {
	Protocol string // TFTP, HTTP, TVS, SIP or HTTPS
	Server   string
	What     string // without the names of phones
	Times    int
}

// failures counts them. The zero value is ready for use.
type failures struct {
	mu    sync.Mutex
	seen  map[Failure]int // by a Failure without its Times
	ended bool            // what fails now is no server's fault
}

// maxFailures bounds how many kinds are told apart, since a hostile server can
// fail in any number of ways.
const maxFailures = 1000

// add counts a failure. The phone's own name is taken out of it, so that the same
// failure of many phones is counted together.
func (f *failures) add(protocol, server, device, what string) {
	k := Failure{Protocol: protocol, Server: server, What: strings.ReplaceAll(what, device, "SEP<MAC>")}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return
	}
	if f.seen == nil {
		f.seen = make(map[Failure]int)
	}
	if _, ok := f.seen[k]; !ok && len(f.seen) >= maxFailures {
		k = Failure{Protocol: protocol, Server: server, What: "failed in other ways"}
	}
	f.seen[k]++
}

// end has later failures not counted.
func (f *failures) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
}

// all are the failures so far, the most frequent first.
func (f *failures) all() []Failure {
	f.mu.Lock()
	defer f.mu.Unlock()
	var all []Failure
	for failure, n := range f.seen {
		failure.Times = n
		all = append(all, failure)
	}
	slices.SortFunc(all, func(a, b Failure) int {
		return cmp.Or(b.Times-a.Times, strings.Compare(a.Protocol+a.Server+a.What, b.Protocol+b.Server+b.What))
	})
	return all
}

// Failures are what phones wanted of servers and did not get, the most frequent
// first.
func (f *Fleet) Failures() []Failure { return f.failures.all() }

// reason words an error the same way for all phones: neither with a phone's name
// nor with its port.
func reason(err error) string {
	if err == nil {
		return "no reason"
	}
	if rejected, ok := errors.AsType[*sip.RejectedError](err); ok {
		return strings.TrimPrefix(rejected.Error(), "SIP "+rejected.Server+": ")
	}
	if short, ok := errors.AsType[*sip.TooShortError](err); ok {
		return strings.TrimPrefix(short.Error(), "SIP "+short.Server+": ")
	}
	for next := errors.Unwrap(err); next != nil; next = errors.Unwrap(err) {
		err = next // the innermost error names neither
	}
	return cause.OfPeer(err)
}
