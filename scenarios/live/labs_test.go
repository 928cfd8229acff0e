package live

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios"
)

// opens opens a small lab.
func opens(t *testing.T, labs *Labs, phones int) (*Hosted, error) {
	t.Helper()
	s, ok := scenarios.Find("bulk-reset")
	require.True(t, ok)
	return labs.Open(s, lab.Options{Mode: lab.Virtual, Phones: phones, Keys: testkeys.NewPool(1), KeyBits: 1024})
}

// Labs are bounded in number and in phones; one that ends makes room.
func TestLabsAreBounded(t *testing.T) {
	var labs Labs
	defer labs.Close()
	var first *Hosted
	for range MaxLabs {
		h, err := opens(t, &labs, 2)
		require.NoError(t, err)
		if first == nil {
			first = h
		}
	}
	_, err := opens(t, &labs, 2)
	require.ErrorIs(t, err, ErrFull)
	require.NoError(t, first.End())
	_, err = opens(t, &labs, MaxLabPhones)
	require.ErrorIs(t, err, ErrFull)
	_, err = opens(t, &labs, 1)
	require.ErrorIs(t, err, lab.ErrTooFew)
	require.Len(t, labs.All(), MaxLabs-1, "what was not opened takes no place")
	h, err := opens(t, &labs, 2)
	require.NoError(t, err)
	require.NoError(t, labs.Close())
	require.ErrorIs(t, h.Ended().Err(), context.Canceled)
	require.Empty(t, labs.All())
	_, err = opens(t, &labs, 2)
	require.ErrorContains(t, err, "ending")
}

// A lab that nobody uses ends after a while, and not while somebody does.
func TestIdleLabsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var labs Labs
		defer labs.Close()
		h, err := opens(t, &labs, 2)
		require.NoError(t, err)
		_, done := labs.Use(h.ID)
		other, otherDone := labs.Use(h.ID)
		require.Equal(t, h, other)
		otherDone()
		time.Sleep(2 * LabIdle)
		require.NoError(t, h.Ended().Err(), "somebody uses it")
		done()
		time.Sleep(LabIdle - time.Second)
		require.NoError(t, h.Ended().Err(), "somebody may come back")
		time.Sleep(2 * time.Second)
		require.Error(t, h.Ended().Err())
		none, _ := labs.Use(h.ID)
		require.Nil(t, none)
	})
}

// A lab that has ended is held by nothing, though who ended it was using it.
func TestEndedLabsAreForgotten(t *testing.T) {
	var labs Labs
	defer labs.Close()
	h, err := opens(t, &labs, 2)
	require.NoError(t, err)
	_, done := labs.Use(h.ID)
	require.NoError(t, h.End())
	done()
	require.False(t, h.last.Stop(), "a timer waits with the lab")
}
