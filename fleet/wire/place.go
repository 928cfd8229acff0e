package wire

import "time"

// maxConnections is how many phones of a fleet have a connection over TCP at a time
// while servers answer. Each is two descriptors of this process where the servers are
// in it too. More gain nothing: a boot waits for a processor then.
const maxConnections = 32

// patienceForPlace is how long a phone waits for another's connection to end. Those
// that last longer wait for a server that does not answer, which the others need not
// wait for. An exchange takes some milliseconds, on a busy machine some tens.
const patienceForPlace = 250 * time.Millisecond

// place waits for the phone's turn to have a connection, before the time runs that it
// has for that. leave is to be called when the connection is closed.
func (f *Fleet) place() (leave func()) {
	leave = func() { <-f.places }
	select {
	case f.places <- struct{}{}:
		return leave
	default:
	}
	patience := time.NewTimer(f.placePatience)
	defer patience.Stop()
	select {
	case f.places <- struct{}{}:
		return leave
	case <-patience.C:
	case <-f.ctx.Done():
	}
	return func() {}
}
