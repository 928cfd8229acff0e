package virtual_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/virtual"
	"itlsim/phone"

	"github.com/stretchr/testify/require"
)

// The states that are counted as phones change are those that the phones are in, at any time
// of random runs in which phones come into all of them.
func TestStatesAreThoseOfThePhones(t *testing.T) {
	const phones = 24
	var seen [5]bool
	for seed := range uint64(6) {
		random := rand.New(rand.NewPCG(seed, 0))
		l := newLab(t, phones, seed, func(c *virtual.Config) {
			c.Network.Loss, c.Network.Duplication, c.Workers = 0.05, 0.02, 1+int(seed%2)
		})
		for range 16 {
			l.happens(random)
			for range 30 {
				require.NoError(t, l.SettleFor(t.Context(), time.Duration(1+random.IntN(500))*time.Millisecond))
				var counted fleet.States
				for v := range l.All(fleet.Basics) {
					counted[v.Place()]++
				}
				require.Equal(t, counted, l.States(), "seed %d", seed)
				for state, n := range counted {
					seen[state] = seen[state] || n > 0
				}
			}
		}
	}
	require.Equal(t, [5]bool{true, true, true, true, true}, seen)
}

// happens does something to the phones, or to their nodes.
func (l *lab) happens(random *rand.Rand) {
	share := random.Float64()
	some := func(*phone.Phone) bool { return random.Float64() < share }
	switch random.IntN(7) {
	case 0, 1:
		l.Send(phone.PowerOn{}, some)
	case 2:
		l.Send(phone.Reset{}, some)
	case 3:
		l.Send(phone.PowerOff{}, some)
	case 4:
		l.Send(phone.FactoryReset{}, some)
	case 5:
		for _, unit := range []cucm.Unit{cucm.CallManager, cucm.TVSUnit} {
			l.waits(6 * time.Minute)
			for _, n := range l.cluster.Nodes() {
				l.regenerates(n, unit)
			}
		}
	case 6:
		set := []func(*cucm.Node, cucm.Service) error{l.Stop, l.Start}[random.IntN(2)]
		for _, n := range l.cluster.Nodes() {
			require.NoError(l, set(n, cucm.TVSService))
		}
	}
}
