package cucm

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A keep-alive that comes between the word that the clock will jump and the jump
// does not undo what was carried over.
func TestAKeepAliveBeforeAJump(t *testing.T) {
	now := then
	cfg := small()
	cfg.Clock = clock(func() time.Time { return now })
	c, err := New(cfg)
	require.NoError(t, err)
	comes := func(name string) {
		c.Publisher().RegisterOver(name, Registration{Session: name, Contact: "sip:x@127.0.0.1:1"})
	}
	comes("SEP00000000000A")
	comes("SEP00000000000B")
	c.CarryOver(time.Hour, func(device string) bool { return device == "SEP00000000000A" })
	comes("SEP00000000000A")
	now = now.Add(time.Hour)
	require.Equal(t, 1, c.Registered())
	now = now.Add(lapseAfter + 1)
	require.Zero(t, c.Registered())
}
