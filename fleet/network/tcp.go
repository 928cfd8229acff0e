package network

import (
	"math"
	"time"
)

// Flights of TCP segments: a flight is what one side sends before it waits for the
// other. An answer of many segments is taken for one flight (this project's own
// choice): the files of phones hardly exceed TCP's first window, ten segments
// (RFC 6928).
const (
	Opening   = 2            // SYN, SYN and ACK
	Exchange  = 2            // a question, its answer
	Handshake = 2 * Exchange // of TLS 1.2 and older (RFC 5246, 7.3); the first answer shows the certificate
)

// firstResend is when TCP sends a lost segment again, and each time after twice as
// long (RFC 6298, 2.1 and 5.5).
const firstResend = time.Second

// Never is when that comes of which everything is lost.
const Never = time.Duration(math.MaxInt64 / 2)

// resends is how often TCP sends a segment again: by then every phone has given up,
// after more than two minutes.
const resends = 7

// Late draws by how much later a flight comes than it would if nothing were lost.
func Late(c *Chance, loss float64) (late time.Duration) {
	for again := range resends {
		if !c.With(loss) {
			return late
		}
		late += firstResend << again
	}
	return Never
}
