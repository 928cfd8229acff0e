package network_test

import (
	"fmt"
	"time"

	"itlsim/fleet/network"
)

// A network that is slow for everybody, lossy for a branch, and has a wall to one server.
func ExampleCondition() {
	now := network.Condition{
		All:   network.Disturbance{Delay: 10 * time.Millisecond},
		Sites: map[string]network.Disturbance{"branch": {Delay: 90 * time.Millisecond, Loss: 0.02}},
		Walls: map[network.Wall]bool{{Site: "branch", Server: "sub"}: true},
	}
	for _, way := range [][2]string{{"floor-1", "pub"}, {"branch", "pub"}, {"branch", "sub"}} {
		fmt.Printf("%s to %s: %+v\n", way[0], way[1], now.Between(way[0], way[1]))
	}
	// Output:
	// floor-1 to pub: {Loss:0 Delay:10ms Jitter:0s}
	// branch to pub: {Loss:0.02 Delay:100ms Jitter:0s}
	// branch to sub: {Loss:1 Delay:0s Jitter:0s}
}
