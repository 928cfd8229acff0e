//go:build !linux && !darwin && !freebsd

package room

// Nothing tells the limits here.
func addressSpace() uint64 { return unlimited }
func dataSize() uint64     { return unlimited }

// Descriptors is how many files and connections this process may have open at a time.
func Descriptors() uint64 { return unlimited }
