// Package localfault tells faults of this machine from those of the network: a
// phone whose request fails for want of a descriptor or a port has not met a
// server that gives no answer.
package localfault

import (
	"errors"
	"syscall"
)

// Is reports whether an operation on a socket failed because this machine is out
// of descriptors, ports or memory, or does not have the address to send from.
func Is(err error) bool {
	for _, errno := range []syscall.Errno{
		syscall.EMFILE, syscall.ENFILE, syscall.ENOBUFS, syscall.ENOMEM, syscall.EADDRINUSE, syscall.EADDRNOTAVAIL,
	} {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}
