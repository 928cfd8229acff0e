package room

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// groups are the limits of the control groups that the process is in, of both versions.
type groups struct{ memory, threads uint64 }

// groupsOf reads them. A container may see its own group at the root of a hierarchy,
// whatever name /proc gives it.
func groupsOf(root fs.FS) groups {
	g := groups{memory: unlimited, threads: unlimited}
	list, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return g
	}
	for line := range strings.Lines(string(list)) {
		f := strings.SplitN(strings.TrimSpace(line), ":", 3) // number:controllers:path
		if len(f) < 3 {
			continue
		}
		for dir := path.Clean("/" + f[2]); ; dir = path.Dir(dir) { // those above limit, too
			at := path.Join("sys/fs/cgroup", f[1], dir)
			g.memory = min(g.memory, number(root, at, "memory.max"), number(root, at, "memory.limit_in_bytes"))
			if most := number(root, at, "pids.max"); most != unlimited {
				now := number(root, at, "pids.current")
				g.threads = min(g.threads, most-min(most, now))
			}
			if dir == "/" {
				break
			}
		}
	}
	return g
}

// number reads a file with a number; none, or "max", is no limit.
func number(root fs.FS, dir, name string) uint64 {
	data, err := fs.ReadFile(root, path.Join(dir, name))
	if err != nil {
		return unlimited
	}
	n, err := strconv.ParseUint(strings.TrimSpace(string(data)), 10, 64)
	if err != nil || n > 1<<60 { // version 1 writes the largest number of pages
		return unlimited
	}
	return n
}
