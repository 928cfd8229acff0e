package main

import (
	"runtime/metrics"
	"testing"

	"github.com/stretchr/testify/require"
)

// What a burst took goes back to the system when it is over, and not before.
func TestMemoryIsGivenBack(t *testing.T) {
	held := func() int64 {
		samples := []metrics.Sample{{Name: "/memory/classes/total:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		metrics.Read(samples)
		return int64(samples[0].Value.Uint64() - samples[1].Value.Uint64())
	}
	var m memory
	m.look()
	m.look()
	before := held()
	took := make([]byte, 4*burst)
	for i := 0; i < len(took); i += 4096 {
		took[i] = 1
	}
	m.look()
	require.Greater(t, held(), before+3*burst, "the burst is not over")
	m.look()
	require.Less(t, held(), before+burst)
}
