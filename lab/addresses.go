package lab

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
)

// addresses are those of a lab's nodes: 127.0.N.2 and on. N is 0, unless another
// lab of this machine has taken that: a lab gives ports up while services are
// stopped, and takes them back, so that nobody else may listen there meanwhile.
type addresses struct {
	claim net.Listener // of 127.0.N.1 at claimPort, while the lab is open; nil where ports are given
	free  netip.Addr   // the next node's
}

// claimPort is where a lab shows that its addresses are taken. Nobody talks to it.
const claimPort = 29451

// claimAddresses takes the first addresses that no other lab has.
func claimAddresses() (*addresses, error) {
	for n := range 256 {
		l, err := net.Listen("tcp4", fmt.Sprintf("127.0.%d.1:%d", n, claimPort))
		if err == nil {
			return &addresses{l, netip.AddrFrom4([4]byte{127, 0, byte(n), 2})}, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, err
		}
	}
	return nil, errors.New("256 labs are open on this machine: none of 127.0.0.0/16 is left for another")
}

// next is an address for one more node.
func (a *addresses) next() string {
	given := a.free
	a.free = given.Next()
	return given.String()
}

func (a *addresses) Close() error {
	if a.claim == nil {
		return nil
	}
	return a.claim.Close()
}
