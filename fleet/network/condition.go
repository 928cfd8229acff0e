package network

import (
	"net"
	"time"
)

// A Disturbance is what a network does to what passes it. The zero value does
// nothing.
type Disturbance struct {
	Loss   float64       // share of datagrams that is lost, each way
	Delay  time.Duration // of each datagram, each way
	Jitter time.Duration // by at most so much more or less, evenly; not more than Delay
}

// late draws the delay of a datagram.
func (d Disturbance) late(c *Chance) time.Duration { return d.Delay - d.Jitter + c.UpTo(2*d.Jitter) }

// and is what two networks do, one behind the other.
func (d Disturbance) and(e Disturbance) Disturbance {
	return Disturbance{Lost(d.Loss, e.Loss), d.Delay + e.Delay, d.Jitter + e.Jitter}
}

// Lost is the share that two networks lose, one behind the other. The product is rounded
// before it is used, on processors too that could do without (arm64): chance is to be the
// same on all.
func Lost(p, q float64) float64 { return p + q - float64(p*q) }

// A Condition is how the network between phones and servers is at a time. The zero
// value is sound. What it points to is not changed while it is in use.
type Condition struct {
	All   Disturbance            // to everything
	Sites map[string]Disturbance // and, before or behind that, to the phones of a site
	Walls map[Wall]bool          // through which nothing gets
}

// A Wall is between the phones of a site and a server: a host, or one of its
// services, host:port.
type Wall struct{ Site, Server string }

// Sound reports whether nothing happens to anybody.
func (c *Condition) Sound() bool {
	return c.All == (Disturbance{}) && len(c.Sites) == 0 && len(c.Walls) == 0
}

// Between is what happens to what the phones of a site send to a server and get
// from there. Behind a wall everything is lost: nobody says that nobody will
// answer, as where a route is gone or a firewall drops.
func (c *Condition) Between(site, server string) Disturbance {
	if len(c.Walls) > 0 {
		host, _, _ := net.SplitHostPort(server)
		if c.Walls[Wall{site, server}] || c.Walls[Wall{site, host}] {
			return Disturbance{Loss: 1}
		}
	}
	return c.All.and(c.Sites[site])
}
