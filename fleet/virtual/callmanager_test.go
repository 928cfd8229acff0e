package virtual_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/phone"
)

// A node that goes down takes its registrations with it; once it is up again its
// phones are back, without a boot.
func TestRegistrationsEndWithTheirCallManager(t *testing.T) {
	l := newLab(t, 10, 1)
	l.Send(phone.PowerOn{}, nil)
	l.settles()
	require.Equal(t, 10, l.cluster.Registered())

	require.NoError(t, l.pub.PowerOff())
	require.Equal(t, 5, l.cluster.Registered(), "those of the subscriber")
	l.cluster.ResetPhones()
	l.settles()
	require.EqualValues(t, 15, l.Tally().Boots.Load(), "the others miss the reset")

	require.NoError(t, l.pub.PowerOn())
	l.settles()
	require.Equal(t, 10, l.cluster.Registered())
	require.EqualValues(t, 15, l.Tally().Boots.Load())
}
