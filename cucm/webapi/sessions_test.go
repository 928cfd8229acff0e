package webapi

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// A session ends half an hour after its last use, with another password, and where too
// many others are used later.
func TestSessions(t *testing.T) {
	now := time.Unix(0, 0)
	s := sessions{all: make(map[string]*session), now: func() time.Time { return now }}
	login, other := [32]byte{1}, [32]byte{2}
	id := s.begin(login)
	require.GreaterOrEqual(t, len(id), 26)
	require.False(t, s.goesOn("", login))
	now = now.Add(idleAfter)
	require.True(t, s.goesOn(id, login))
	now = now.Add(idleAfter)
	require.True(t, s.goesOn(id, login), "idle since its last use")
	now = now.Add(idleAfter + 1)
	require.False(t, s.goesOn(id, login))
	id = s.begin(login)
	require.False(t, s.goesOn(id, other))
	require.False(t, s.goesOn(id, login), "it is over for good")

	id = s.begin(login)
	for range 3 * maxSessions {
		now = now.Add(time.Millisecond)
		s.begin(login)
		require.True(t, s.goesOn(id, login), "in use")
	}
	require.LessOrEqual(t, len(s.all), maxSessions)
}
