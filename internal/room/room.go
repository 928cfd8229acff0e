// Package room tells what the machine leaves a process before it starts to use it:
// address space, memory and threads. Go ends a program that runs out of them in the
// middle, with a trace that tells users nothing and nothing of its report; so a command
// that needs more than there is says so at the start ([Enough]).
package room

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
)

// What Go's runtime and C's library take for themselves, as measured on Linux (amd64, Go
// 1.26): reservations, most of which are never used, and for each thread a stack and an
// arena (8 and 64 MiB, glibc).
const (
	reserved      = 1200 << 20
	ofThread      = 72 << 20
	ofProgram     = 64 << 20 // of 32 bits: all it takes, for there Go reserves what it uses later
	ofStack       = 16 << 20 // of a thread, and what else counts as data
	runtimeMemory = 40 << 20 // that is used
)

// A Command is how many threads one may have beside those that work at a time, as
// measured.
type Command int

// Commands that read and print, and those that run servers or phones.
const (
	Reads Command = 5
	Runs  Command = 10
)

func (c Command) threads() uint64 { return uint64(runtime.GOMAXPROCS(0)) + uint64(c) }

// space is the address space that it takes without what it uses.
func (c Command) space() uint64 {
	if addressable < unlimited {
		return ofProgram
	}
	return reserved + c.threads()*ofThread
}

// unlimited is what nothing limits.
const unlimited = math.MaxUint64

// addressable is what a pointer can reach: of 32 bits, 4 GiB, of which some systems keep a
// part for themselves.
const addressable = uint64(^uintptr(0))

// A Room is what a process may take in all, AddressSpace and Memory in bytes, and how many
// Threads more.
type Room struct{ AddressSpace, Memory, Threads uint64 }

// Left is what this process may take. What cannot be read limits nothing.
func Left() Room {
	r := Room{AddressSpace: min(addressSpace(), addressable)}
	groups := groupsOf(os.DirFS("/"))
	data := dataSize() // stacks count there, too
	if data != unlimited {
		data -= min(data, Runs.threads()*ofStack)
	}
	r.Memory = min(data, groups.memory)
	r.Threads = min(groups.threads, userThreads())
	return r
}

// Short is the error of a process that there is no room for. It is ENOMEM, or EAGAIN
// where threads are short.
type Short struct {
	Of         string // "address space"
	Need, Have uint64
	unit       uint64
	errno      syscall.Errno
}

func (e *Short) Error() string {
	unit := ""
	if e.unit > 1 {
		unit = " MiB of"
	}
	return fmt.Sprintf("this may need %d%s %s, and the process may have %d", e.Need/e.unit, unit, e.Of, e.Have/e.unit)
}

func (e *Short) Unwrap() error { return e.errno }

// Narrow is whether a program of 64 bits would have what this one of 32 bits has not,
// whatever its limits.
func (e *Short) Narrow() bool { return e.Have == addressable }

// Enough refuses, by a [Short], a command for which there is no room, or not for so much
// memory beside the runtime's own.
func (r Room) Enough(c Command, memory uint64) error {
	switch {
	case r.AddressSpace < c.space()+memory:
		return &Short{"address space", c.space() + memory, r.AddressSpace, 1 << 20, syscall.ENOMEM}
	case r.Memory < runtimeMemory+memory:
		return &Short{"memory", runtimeMemory + memory, r.Memory, 1 << 20, syscall.ENOMEM}
	case r.Threads < c.threads():
		return &Short{"threads", c.threads(), r.Threads, 1, syscall.EAGAIN}
	}
	return nil
}

// Enough is that of the room that is left now.
func Enough(c Command, memory uint64) error { return Left().Enough(c, memory) }

// Keep has Go collect garbage more often where memory comes to its end, unless the
// user's GOMEMLIMIT says otherwise. Nothing changes where nothing is limited.
func (r Room) Keep() {
	may := r.Memory
	if r.AddressSpace != unlimited {
		may = min(may, r.AddressSpace-min(r.AddressSpace, Runs.space()))
	}
	if may != unlimited && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(min(debug.SetMemoryLimit(-1), int64(max(may, runtimeMemory)/10*9)))
	}
}
