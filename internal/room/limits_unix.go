//go:build linux || darwin || freebsd

package room

import (
	"math"
	"syscall"
)

// The process's own limits, in bytes.
func addressSpace() uint64 { return limit(syscall.RLIMIT_AS) }
func dataSize() uint64     { return limit(syscall.RLIMIT_DATA) }

// Descriptors is how many files and connections this process may have open at a time.
func Descriptors() uint64 { return limit(syscall.RLIMIT_NOFILE) }

func limit(resource int) uint64 {
	var l syscall.Rlimit
	if syscall.Getrlimit(resource, &l) != nil || uint64(l.Cur) > math.MaxInt64 { // FreeBSD's is signed
		return unlimited
	}
	return uint64(l.Cur)
}
