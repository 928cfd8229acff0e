//go:build unix

package cucm

import (
	"io/fs"
	"os"
	"syscall"
)

// lockFile keeps other processes from a state directory; the lock ends with the
// process, however it ends.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) }

// othersRead reports whether others than its owner may read or change a file.
func othersRead(info fs.FileInfo) bool { return info.Mode().Perm()&0o077 != 0 }
