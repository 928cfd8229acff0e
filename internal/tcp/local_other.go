//go:build !linux

package tcp

import "syscall"

// portLate is for Linux: other systems choose a port of the address that no connection has.
var portLate func(network, address string, c syscall.RawConn) error
