package main

import (
	"runtime/debug"
	"runtime/metrics"
	"time"

	"itlsim/internal/interval"
)

const (
	// lookEvery is how often a command that stays on looks at its memory.
	lookEvery = 10 * time.Second
	// burst is after how many allocated bytes some may be left over for the system.
	burst = 32 << 20
	// quiet is how many bytes are allocated between two looks when a burst is over.
	quiet = 8 << 20
)

// givingBack has a command that stays on return memory to the system when a burst is
// over, of phones or of strangers. Go alone keeps it for minutes where nothing allocates.
func givingBack() (stop func()) {
	m := memory{seen: allocated()}
	return interval.Every(lookEvery, m.look)
}

// memory is what was allocated by the last look, and by the last time that some was
// given back: bytes since the process began.
type memory struct{ seen, given uint64 }

// look gives memory back if a burst is over.
func (m *memory) look() {
	now := allocated()
	if now-m.seen < quiet && now-m.given >= burst {
		debug.FreeOSMemory()
		m.given = allocated()
	}
	m.seen = now
}

func allocated() uint64 {
	sample := []metrics.Sample{{Name: "/gc/heap/allocs:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
