package ciscolog

import (
	"errors"
	"fmt"
	"net"
	"sync"
)

// Collectors are the remote syslog servers that a cluster's logs are sent to.
type Collectors struct {
	mu    sync.Mutex
	conns []net.Conn
}

// Dial reaches collectors by UDP, each host:port.
func Dial(addresses []string) (*Collectors, error) {
	c := &Collectors{}
	for _, address := range addresses {
		conn, err := net.Dial("udp", address)
		if err != nil {
			c.Close()
			return nil, fmt.Errorf("syslog collector %s: %w", address, err)
		}
		c.conns = append(c.conns, conn)
	}
	return c, nil
}

// local7 is the syslog facility of CUCM's entries.
const local7 = 23

// send sends an entry's message to every collector, with syslog's priority before it
// and none of what the file puts there. One that is gone loses it.
func (c *Collectors) send(severity int, message string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, conn := range c.conns {
		_, _ = fmt.Fprintf(conn, "<%d>%s", local7*8+severity, message)
	}
}

func (c *Collectors) none() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.conns) == 0
}

// Close lets go of all collectors.
func (c *Collectors) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	for _, conn := range c.conns {
		errs = append(errs, conn.Close())
	}
	c.conns = nil
	return errors.Join(errs...)
}
