package live

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
	"itlsim/scenarios"
)

// There is one rehearsal at a time, each while nothing else is under way; a lab that is closed
// ends it.
func TestOneRehearsalAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ok := scenarios.Find("bulk-reset")
		require.True(t, ok)
		l, err := Open(s, lab.Options{Mode: lab.Virtual, Phones: 10, Keys: testkeys.NewPool(1), KeyBits: 1024})
		require.NoError(t, err)
		on, err := l.ParseAct("phones: power on")
		require.NoError(t, err)
		told, err := l.Rehearse(t.Context(), []scenarios.Act{on})
		require.NoError(t, err)
		require.Zero(t, told.Lost)

		l.stage <- struct{}{} // another one
		_, err = l.Rehearse(t.Context(), []scenarios.Act{on})
		require.Equal(t, &BusyError{"a rehearsal"}, err)
		<-l.stage
		require.NoError(t, l.Turn(t.Context(), "something", func() error {
			_, err := l.Rehearse(t.Context(), []scenarios.Act{on})
			require.Equal(t, &BusyError{"something"}, err)
			return nil
		}))
		require.NoError(t, l.Turn(t.Context(), "the forks have their turn again", func() error { return nil }))
		l.cancel() // as Close does first
		_, err = l.Rehearse(t.Context(), []scenarios.Act{on})
		require.ErrorIs(t, err, context.Canceled)
		require.NoError(t, l.Close())
	})
}
