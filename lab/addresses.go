package lab

import (
	"errors"
	"fmt"
	"net"
	"syscall"
)

// addresses are those of a lab's nodes: 127.0.N.2 and on. N is 0, unless another
// lab of this machine has taken that: a lab gives ports up while services are
// stopped, and takes them back, so that nobody else may listen there meanwhile.
type addresses struct {
	claim net.Listener // of 127.0.N.1 at claimPort, while the lab is open; nil where ports are given
	n     int
	given int
}

// claimPort is where a lab shows that its addresses are taken. Nobody talks to it.
const claimPort = 29451

// claimAddresses takes the first addresses that no other lab has.
func claimAddresses() (*addresses, error) {
	for n := range 256 {
		l, err := net.Listen("tcp4", fmt.Sprintf("127.0.%d.1:%d", n, claimPort))
		if err == nil {
			return &addresses{claim: l, n: n}, nil
		}
		if !errors.Is(err, syscall.EADDRINUSE) {
			return nil, err
		}
	}
	return nil, errors.New("256 labs are open on this machine: none of 127.0.0.0/16 is left for another")
}

// next is an address for one more node.
func (a *addresses) next() string {
	a.given++
	return fmt.Sprintf("127.0.%d.%d", a.n, 1+a.given)
}

func (a *addresses) Close() error {
	if a.claim == nil {
		return nil
	}
	return a.claim.Close()
}
