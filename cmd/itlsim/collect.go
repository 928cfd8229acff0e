package main

import (
	"os"
	"runtime"
	"runtime/debug"
	"runtime/metrics"

	"itlsim/lab"
)

// collectLater spares processor time for memory. On the wire the heap is collected when
// it is four times what is alive: 10,000 phones stay below 24 KiB each (bench/bulk). A
// million in virtual time, of which some 500 MB are alive (bench/virtual), stay within
// 1 GiB by the limit; fewer collect at three times. Shards, of which so many play at a time,
// collect as [unlessRoom] says (bench/shards). Go's own variables, where they are set, take
// precedence.
func collectLater(mode string, shards int) {
	if os.Getenv("GOMEMLIMIT") != "" || os.Getenv("GOGC") != "" {
		return
	}
	debug.SetMemoryLimit(min(debug.SetMemoryLimit(-1), 980<<20))
	switch {
	case mode != lab.Virtual:
		debug.SetGCPercent(300)
	case shards == 0:
		debug.SetGCPercent(200)
	default:
		unlessRoom(250, uint64(shards)*shardsRoom)
	}
}

// shardsRoom is what each shard's heap has that plays: a third of what 200,000 phones take in
// one run, of which it has 25,000.
const shardsRoom = 100 << 20

// unlessRoom has the heap collected when so many percent of what is alive have come to it, but not
// while it takes no more than room. Go alone counts what is alive only: where that varies, and it is
// more in the midst of an act than between two, the heap is collected too often for the memory that
// it takes at other times.
func unlessRoom(percent int, room uint64) {
	type collection struct{ alive []metrics.Sample }
	var over func(*collection)
	over = func(c *collection) {
		metrics.Read(c.alive)
		debug.SetGCPercent(gcPercent(percent, room, c.alive[0].Value.Uint64()))
		runtime.SetFinalizer(c, over) // nobody holds it: the next collection finalizes it again
	}
	over(&collection{[]metrics.Sample{{Name: "/gc/heap/live:bytes"}}})
}

// gcPercent is what GOGC has to be for [unlessRoom] where so many bytes are alive. Go itself never
// collects a heap of less than 4 MiB times GOGC / 100.
func gcPercent(percent int, room, alive uint64) int {
	const least = 4 << 20
	if alive < least {
		return max(percent, int(room*100/least))
	}
	return max(percent, int(room*100/alive)-100)
}
