package cause

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
)

// file knows the errors of files and programs. The system's own words for them
// are those that administrators know.
func file(err error, peer bool) (string, bool) {
	switch e := err.(type) {
	case *fs.PathError:
		return cannot(e.Op, e.Path) + ": " + words(e.Err, peer), true
	case *os.LinkError:
		return cannot(e.Op, e.New) + ": " + words(e.Err, peer), true
	case *exec.Error:
		if errors.Is(e.Err, exec.ErrNotFound) {
			return "there is no program " + e.Name, true
		}
		return e.Name + " cannot be started: " + words(e.Err, peer), true
	case syscall.Errno:
		if known := cmp.Or(system[e], disk[e]); known != "" {
			return known, true
		}
		return e.Error(), true
	}
	return "", false
}

// disk are the words for a disk that takes no more, with what to do.
var disk = map[syscall.Errno]string{
	syscall.ENOSPC: "no space is left on the disk; make room there and do it again",
	syscall.EDQUOT: "the disk quota is used up; make room there and do it again",
	syscall.EFBIG:  "the file would be larger than is allowed; raise the limit (ulimit -f) and do it again",
	syscall.EROFS:  "the file system can only be read; name a place that can be written",
}

// undone are the operations that do not write.
var undone = map[string]string{
	"open": "opened", "mkdir": "made", "remove": "removed", "unlinkat": "removed", "fork/exec": "started",
	"read": "read", "stat": "read", "lstat": "read", "readdirent": "read", "fdopendir": "read", "seek": "read",
}

func cannot(op, path string) string { return path + " cannot be " + cmp.Or(undone[op], "written") }
