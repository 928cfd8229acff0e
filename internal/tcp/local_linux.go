package tcp

import "syscall"

// ipBindAddressNoPort is IP_BIND_ADDRESS_NO_PORT (ip(7), Linux 4.2), which package syscall lacks.
const ipBindAddressNoPort = 24

// portLate has the system choose the port of a connection when it is known where that leads.
// Otherwise an address has as many connections as ports, some 28,000, to all servers together,
// those included that ended within the last minute; with it as many to each server.
func portLate(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		_ = syscall.SetsockoptInt(int(fd), syscall.IPPROTO_IP, ipBindAddressNoPort, 1) // an older system does without
	})
}
