package cucm

import (
	"context"
	"net/netip"
	"time"
)

// loginPatience is how long a login waits for its turn after wrong ones from the same
// address: several of the longest pauses, and less than SSH clients wait.
const loginPatience = 30 * time.Second

// LogIn judges a login on the node from an address, whatever way it came. A wrong one is
// logged, and makes the next from there wait on all nodes of the cluster (package guess).
// The error says no more than that it is refused.
func (n *Node) LogIn(ctx context.Context, user, password string, from netip.AddrPort) error {
	c := n.cluster
	err := c.guesses.Try(ctx, from.Addr(), loginPatience, func() bool {
		right := c.CheckPassword(password) // for any user, so that the time it takes says nothing
		return right && user == AdminUser
	})
	if err != nil {
		n.LoginFailed(user, from.String())
	}
	return err
}
