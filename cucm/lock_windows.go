package cucm

import (
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// lockFile keeps other processes from a state directory; the lock ends with the
// process, however it ends.
func lockFile(f *os.File) error {
	const how = windows.LOCKFILE_EXCLUSIVE_LOCK | windows.LOCKFILE_FAIL_IMMEDIATELY
	return windows.LockFileEx(windows.Handle(f.Fd()), how, 0, 1, 0, &windows.Overlapped{})
}

// othersRead is false: modes say nothing here.
func othersRead(fs.FileInfo) bool { return false }
