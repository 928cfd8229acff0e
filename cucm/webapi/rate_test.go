package webapi

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// So many are answered in any minute, and no more.
func TestRate(t *testing.T) {
	now := time.Unix(0, 0)
	r := NewRate(2, time.Minute)
	r.now = func() time.Time { return now }
	require.True(t, r.allow())
	now = now.Add(30 * time.Second)
	require.True(t, r.allow())
	require.False(t, r.allow())
	now = now.Add(30 * time.Second)
	require.True(t, r.allow(), "the first is a minute ago")
	require.False(t, r.allow())
	for range 100 {
		require.True(t, NewRate(0, time.Minute).allow())
	}
}
