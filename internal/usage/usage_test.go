package usage

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Who works and holds memory has used both.
func TestUsage(t *testing.T) {
	began, before := time.Now(), Processor()
	held := make([]byte, 256<<20)
	for first := true; first || Processor() == before && time.Since(began) < time.Minute; first = false {
		for i := 0; i < len(held); i += 1 << 10 { // all pages of it
			held[i]++
		}
	}
	require.Greater(t, Processor(), before)
	require.Greater(t, PeakMemory(), int64(len(held)))
	require.Less(t, PeakMemory(), int64(1)<<40)
}
