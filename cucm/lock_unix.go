//go:build unix

package cucm

import (
	"os"
	"syscall"
)

// lockFile keeps other processes from a state directory; the lock ends with the
// process, however it ends.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }
