// Package localfault distinguishes faults of this machine from those of the
// network: if a phone's request fails because there was no descriptor or port left,
// no server has failed to answer.
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
