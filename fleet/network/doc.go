// Package network is what a bad network does to all that phones send and get, the
// same on real sockets and in virtual time:
//
//	TFTP   each datagram is lost by chance, or comes late; TFTP sends it again
//	       ([Way.Datagram])
//	TCP    goes in flights, all that one side sends before it waits for the other:
//	       each is late, and where a part of it is lost, TCP sends that again after
//	       a second, two, four … ([Late]). So loss costs time; a phone that waits
//	       no longer gives up
//
// A connection's handshake is two flights, a question and its answer two, a TLS
// handshake of 1.2 or older four: [fleet/virtual] counts them, and a [Path] of real
// sockets holds them up as they come.
//
//	fleet/wire     TFTP client ─┐
//	               dialers ─────┼─ Path of a phone ── sockets
//	               listeners ───┘      │
//	                                 Network, in its present Condition
//
// A [Condition] says what happens to all phones, besides to those of single sites
// (the groups of a lab), and between which sites and servers nothing gets through.
//
// A phone's [Chance] makes what happens to it a function of (seed, phone, draw).
// The zero values of [Disturbance], [Condition] and [Network] disturb nothing.
//
// [fleet/virtual]: https://pkg.go.dev/itlsim/fleet/virtual
package network
