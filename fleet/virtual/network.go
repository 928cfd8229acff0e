package virtual

import (
	"time"

	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/tftp"
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
// manager's 200 OK. 500 transfers at a time is the default of Maximum Serving
// Count (v15 guide), on the wire too. A thousand handshakes a second is what two
// cores of today's machines do with 2048-bit keys: no document gives a TVS's
// capacity. Latency and spread are this project's own choice.
func LAN() Network {
	return Network{
		Latency: 300 * time.Microsecond, Jitter: 200 * time.Microsecond,
		Serving: 500, Handshakes: 1000,
		Think: 14 * time.Millisecond, Block: 10 * time.Millisecond, Update: 520 * time.Millisecond,
		Attach: 513 * time.Millisecond, Check: 488 * time.Millisecond, Join: 4200 * time.Millisecond,
		Spread: 2 * time.Second,
	}
}

// disturbed is the network with a disturbance on top.
func (n Network) disturbed(d network.Disturbance) *Network {
	n.Latency += d.Delay - d.Jitter
	n.Jitter += 2 * d.Jitter
	n.Loss = network.Lost(n.Loss, d.Loss)
	return &n
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

// patience is how long a phone waits for the answer to a packet, however often it
// sends it.
const patience = sends * timeout

// request draws how often a request is lost before a copy of it arrives; sends where
// none does.
func (n *Network) request(c *network.Chance) (lost int) {
	for lost < sends && c.With(n.Loss) {
		lost++
	}
	return lost
}

// answer draws how long after the first copy of a request, before which some were
// lost, an answer comes that is not lost. Each further copy that arrives is answered,
// too. A file's first block is also sent again by the server. The result is false
// where the phone gives up before.
func (n *Network) answer(c *network.Chance, lost int, file bool) (wait time.Duration, ok bool) {
	const every = int(tftp.ServerTimeout / timeout)
	var copies [sends]bool
	for at := lost; at < sends; at++ {
		copies[at] = at == lost || !c.With(n.Loss)
		for from := at; from >= lost; from -= every {
			if copies[from] && !c.With(n.Loss) {
				return time.Duration(at-lost) * timeout, time.Duration(at)*timeout+2*n.Latency < patience
			}
			if !file {
				break
			}
		}
	}
	return time.Duration(sends-lost) * timeout, false
}

// A transfer is how long a file takes from the server's first block, which has
// answered the request, to the phone's last, and what was sent again meanwhile.
type transfer struct {
	took         time.Duration
	acks, blocks int
	failed       bool // the phone gave up
}

// transfer draws how a transfer goes.
func (n *Network) transfer(c *network.Chance, size int) (t transfer) {
	t.took = n.Block
	for range size / blockSize {
		if n.next(c, &t); t.failed {
			break
		}
		t.took += n.Block + n.oneWay(c) + n.oneWay(c)
	}
	return t
}

// next draws by how much the next block comes late. The phone sends its ACK again.
// The server takes that for a copy if it had the first, and sends the block again
// by its own time-out.
func (n *Network) next(c *network.Chance, t *transfer) {
	wait := time.Duration(0)
	for ; wait < patience && c.With(n.Loss); wait += timeout {
	}
	for ; wait < patience && c.With(n.Loss); wait += tftp.ServerTimeout {
		t.blocks++
	}
	t.failed = wait+2*n.Latency >= patience
	wait = min(wait, patience)
	t.acks += int(wait / timeout)
	t.took += wait
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

// lossless is how long so many flights take at most that all arrive at the first attempt.
func (n *Network) lossless(count int) time.Duration {
	return time.Duration(count) * (n.Latency + n.Jitter)
}

// loses reports whether a question by TCP that has so much time may remain without
// an answer, and whether it will for sure.
func (n *Network) loses(within time.Duration) (maybe, surely bool) {
	surely = n.Loss >= 1 || network.Exchange*n.Latency > within
	return surely || n.Loss > 0 || network.Exchange*(n.Latency+n.Jitter) > within, surely
}
