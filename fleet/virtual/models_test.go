package virtual_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/internal/fleettest"
	"itlsim/phone"
)

// Every model of the table boots against a cluster, and one of no table.
func TestEveryModelBoots(t *testing.T) {
	l := newLab(t, 0, 1)
	l.profiles = nil
	for _, m := range phone.Models() {
		p, unknown := phone.ProfileOf(m.Product)
		require.Empty(t, unknown)
		l.profiles = append(l.profiles, p)
	}
	stranger, _ := phone.ProfileOf("8899")
	l.profiles = append(l.profiles, stranger)
	for i := range l.profiles {
		l.add(2 * i) // served by the publisher
	}
	fleettest.Models(t, l.Fleet, l.cluster)
	require.Equal(t, fleet.States{phone.None: 8, phone.Trusted: 72}, l.States())
}
