package fleet

import (
	"context"
	"errors"
	"iter"

	"itlsim/phone"
)

// A Fleet drives phones: package wire over real sockets, package virtual over a
// simulated network. Phones are numbered from 0 in the order of adding.
type Fleet interface {
	// Add takes a phone into the fleet. Nobody else may use it from then on.
	Add(*phone.Phone)
	// Send gives an event to all phones that choose picks (all if it is nil). It
	// does not wait for what follows.
	Send(ev phone.Event, choose func(*phone.Phone) bool)
	// Settle waits until no phone has anything left to do. Its error is the
	// context's, ErrClosed, or the reason why the run cannot go on.
	Settle(context.Context) error
	// All yields a view of every phone, in order, which shows these parts. There is one for
	// all of them, as a million would have no room: it is valid until the next.
	All(Parts) iter.Seq[*View]
	// Phone is a view of one phone, by its number.
	Phone(i int) View
	// States counts the phones in each state, and those that are off.
	States() States
	// StatesBy counts them in so many parts of the fleet, one after the other; part
	// tells which the i-th phone is in. It is quick to let the phones go on.
	StatesBy(parts int, part func(i int) int) []States
	// Busy is how many phones have something left to do.
	Busy() int
	// Slowest are so many of those, at most: the ones that boot for longest.
	Slowest(most int) []Wait
	// Index is the number of a phone, which the fleet must have.
	Index(device string) int
	// CallManager is where a phone is registered, host:port, or "". ours is false
	// for a phone that is not the fleet's.
	CallManager(device string) (server string, ours bool)
	// Tally is what the phones have done so far.
	Tally() *Tally
	// Limits are those that the fleet keeps to.
	Limits() Limits
	// BootTimes are the durations of all boots that have ended.
	BootTimes() BootTimes
	// Close ends the fleet; boots under way are dropped.
	Close()
}

// Views are views of all phones of a fleet, in order. Of a large one, range over All
// instead.
func Views(f interface{ All(Parts) iter.Seq[*View] }) (all []View) {
	for v := range f.All(Whole) {
		all = append(all, *v)
	}
	return all
}

// ErrClosed is Settle's error when the fleet was closed.
var ErrClosed = errors.New("the fleet is closed")
