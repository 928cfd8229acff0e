package tftp

import "time"

// A Path is what lies between a client and the servers that it asks. It is asked
// once for each datagram, in either direction: requests, ACKs and ERRORs as the
// client sends them, those sent again too, and whatever comes from a server. It
// must be safe for concurrent use.
type Path interface {
	// Datagram says what becomes of the next datagram: it is lost, or comes out at
	// the other end after so much time.
	Datagram() (after time.Duration, lost bool)
}
