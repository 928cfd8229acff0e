package virtual

import (
	"time"

	"itlsim/fleet"
	"itlsim/fleet/network"
)

// A Network says how long things take and what goes wrong. The zero value of a
// field is what it says; [LAN] has the defaults.
type Network struct {
	Latency time.Duration // of a datagram, one way
	Jitter  time.Duration // at most so much more, evenly
	// Loss, Duplication and Reordering are probabilities for one datagram each
	// way. What is reordered comes up to a second late, behind what was sent
	// after it.
	Loss, Duplication, Reordering float64

	// Serving is how many transfers a TFTP service has under way at a time; other
	// requests wait for one to end ("Maximum Serving Count").
	Serving int
	// Handshakes is how many TLS handshakes a TVS does in a second, one after the
	// other.
	Handshakes int

	// How long phones take for their own work:
	Think  time.Duration // between an answer and the next request
	Block  time.Duration // to take one block of a file
	Update time.Duration // to put a trust list or a configuration to use
	Attach time.Duration // to set up a connection to a TVS
	Check  time.Duration // from a TVS's answer to the verdict
	Join   time.Duration // from the configuration to the registration
	Spread time.Duration // at most, between phones that start at once
}

// LAN is a quiet local network.
//
// The phones' own times are from one log of a 7821 and one of an 8861 (technotes
// 214535 and 213407): 14 ms from "not found" to the next request; 170 ms for
// 7,879 bytes, which are sixteen blocks; 520 ms from "TL updated" to the request
// for the configuration; 513 ms from the TVS connection to the handshake, and 488
// ms from its answer to "Hashes match"; 4.2 s from the configuration to the call
// manager's 200 OK. 500 transfers at a time is what we remember as the default of
// Maximum Serving Count. A thousand handshakes a second is what two cores of
// today's machines do with 2048-bit keys: no document gives a TVS's capacity.
// Latency and spread are this project's own choice.
func LAN() Network {
	return Network{
		Latency: 300 * time.Microsecond, Jitter: 200 * time.Microsecond,
		Serving: 500, Handshakes: 1000,
		Think: 14 * time.Millisecond, Block: 10 * time.Millisecond, Update: 520 * time.Millisecond,
		Attach: 513 * time.Millisecond, Check: 488 * time.Millisecond, Join: 4200 * time.Millisecond,
		Spread: 2 * time.Second,
	}
}

// Of TFTP, and of the network.
const (
	blockSize = 512
	timeout   = fleet.TFTPTimeout     // until a packet is sent again
	sends     = 1 + fleet.TFTPRetries // of one packet, before the phone gives up
	late      = time.Second           // of what is reordered, at most
)

// oneWay draws a datagram's time.
func (n *Network) oneWay(c *network.Chance) time.Duration {
	d := n.Latency + c.UpTo(n.Jitter)
	if c.With(n.Reordering) {
		d += c.UpTo(late)
	}
	return d
}

// lost reports whether a packet, or what answers it, is lost.
func (n *Network) lost(c *network.Chance) bool {
	if c.With(n.Loss) {
		return true
	}
	return c.With(n.Loss)
}

// repeated draws how often a packet is lost, or its answer is. The result is
// false where no answer comes before the sender gives up.
func (n *Network) repeated(c *network.Chance) (int, bool) {
	for lost := range sends {
		if !n.lost(c) {
			return lost, time.Duration(lost)*timeout+2*n.Latency < sends*timeout
		}
	}
	return sends, false
}

// transfer draws how long a file takes from the server's first block, which has
// answered the request, to the phone's last, and how many packets were sent again.
func (n *Network) transfer(c *network.Chance, size int) (took time.Duration, again int, ok bool) {
	took = n.Block
	for range size / blockSize {
		lost, ok := n.repeated(c)
		again += lost
		took += time.Duration(lost) * timeout
		if !ok {
			return took, again, false
		}
		took += n.Block + n.oneWay(c) + n.oneWay(c)
	}
	return took, again, true
}

// flights draws how long so many flights of TCP take, one after the other. It is
// [network.Never] where one of them does not arrive.
func (n *Network) flights(c *network.Chance, count int) (took time.Duration) {
	for range count {
		late := network.Late(c, n.Loss)
		if late == network.Never {
			return network.Never
		}
		took += n.Latency + c.UpTo(n.Jitter) + late
	}
	return took
}

// loses reports whether a question by TCP that has so much time may remain without
// an answer, and whether it will for sure.
func (n *Network) loses(within time.Duration) (maybe, surely bool) {
	surely = n.Loss >= 1 || network.Exchange*n.Latency > within
	return surely || n.Loss > 0 || network.Exchange*(n.Latency+n.Jitter) > within, surely
}
