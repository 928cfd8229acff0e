package room

import (
	"os"
	"path/filepath"
	"syscall"
)

const (
	rlimitProcesses = 6    // RLIMIT_NPROC, which package syscall lacks
	fewThreads      = 4096 // from so many on nobody counts: a machine has room for them
)

// userThreads is how many threads the user may start beside those that run, which the
// kernel does not ask of root.
func userThreads() uint64 {
	most := limit(rlimitProcesses)
	if most >= fewThreads || os.Geteuid() == 0 {
		return unlimited
	}
	running := uint64(0)
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range processes {
		info, err := os.Stat(p)
		if err != nil || info.Sys().(*syscall.Stat_t).Uid != uint32(os.Getuid()) {
			continue
		}
		tasks, _ := os.ReadDir(filepath.Join(p, "task"))
		running += uint64(len(tasks))
	}
	return most - min(most, running)
}
