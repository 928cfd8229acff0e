package accept

import (
	"context"
	"net/netip"
	"testing"
	"time"

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
	from := func(a string) *party { return &party{Source(netip.MustParseAddr(a))} }
	turns := newTurns(1)
	first := from("10.0.0.1")
	require.Nil(t, turns.begin(first))
	require.Nil(t, turns.begin(first), "it goes on")
	var crowd []*party
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

	turns.end(crowd[1])
	require.Len(t, turns.waiting[crowd[1].from], 2, "who has something to tell the peer meanwhile waits on")
	turns.leave(crowd[1])
	require.False(t, called(crowdWaits[2]), "its turn was not given away")
	for range 3 {
		stranger := from("10.0.0.3")
		turns.begin(stranger)
		turns.leave(stranger)
	}
	require.Len(t, turns.order, 1, "who comes and leaves has no turn for each time")
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

// What is read of a connection that has been closed meanwhile has no turn: nobody would end it.
func TestNoTurnAfterTheEnd(t *testing.T) {
	c := &Conn{party: party{Source(netip.MustParseAddr("10.0.0.1"))}}
	c.open, c.end = context.WithCancel(t.Context())
	c.leave()
	c.work()
	processors.mu.Lock()
	defer processors.mu.Unlock()
	require.Empty(t, processors.waiting)
	require.Empty(t, processors.working)
}

// Who is made to wait has no turn meanwhile, and one again afterwards, if there was one before.
func TestNoTurnInSleep(t *testing.T) {
	c := &Conn{party: party{Source(netip.MustParseAddr("10.0.0.1"))}}
	c.open, c.end = context.WithCancel(t.Context())
	defer c.leave()
	request, cancel := context.WithCancel(context.WithValue(t.Context(), connKey{}, c))
	require.NoError(t, Sleep(request, 0))
	require.False(t, c.rest(), "there was none")
	c.work()
	require.NoError(t, Sleep(request, time.Millisecond))
	require.True(t, c.rest())
	c.work()
	slept := make(chan error)
	go func() { slept <- Sleep(request, time.Hour) }()
	require.Eventually(t, func() bool {
		processors.mu.Lock()
		defer processors.mu.Unlock()
		return len(processors.working) == 0
	}, time.Minute, time.Millisecond)
	cancel()
	require.ErrorIs(t, <-slept, context.Canceled)
}
