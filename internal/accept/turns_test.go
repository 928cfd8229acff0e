package accept

import (
	"net/netip"
	"testing"

	"github.com/stretchr/testify/require"
)

func called(w *waiter) bool {
	if w == nil {
		return true // never had to wait
	}
	select {
	case <-w.called:
		return true
	default:
		return false
	}
}

// One address after the other has its turn, however many connections it has.
func TestTurnsGoByAddress(t *testing.T) {
	from := func(a string) *Conn { return &Conn{from: Source(netip.MustParseAddr(a))} }
	turns := newTurns(1)
	first := from("10.0.0.1")
	require.Nil(t, turns.begin(first))
	require.Nil(t, turns.begin(first), "it goes on")
	var crowd []*Conn
	var crowdWaits []*waiter
	for range 3 {
		crowd = append(crowd, from("10.0.0.1"))
		crowdWaits = append(crowdWaits, turns.begin(crowd[len(crowd)-1]))
	}
	phone := from("10.0.0.2")
	phoneWaits := turns.begin(phone)
	require.False(t, called(crowdWaits[0]))
	turns.end(first)
	require.True(t, called(crowdWaits[0]))
	turns.end(crowd[0])
	require.True(t, called(phoneWaits), "before the rest of the crowd")
	require.False(t, called(crowdWaits[1]))

	turns.end(crowd[1]) // leaves without a turn
	require.True(t, called(crowdWaits[1]), "it waits no more")
	require.False(t, called(crowdWaits[2]), "and its turn was not given away")
	turns.working[0].since -= int64(lapse) + 1
	turns.call()
	require.True(t, called(crowdWaits[2]), "the phone's turn has lapsed")
	turns.end(phone)
	turns.end(crowd[2])
	require.Empty(t, turns.waiting)
	require.Empty(t, turns.order)
	require.Empty(t, turns.working)
	require.Nil(t, turns.begin(phone))
}
