package virtual_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/fleet/virtual"
	"itlsim/phone"
)

// keptAlive are the times of the keep-alives of so many phones from one on, of a fleet of total,
// that came as the network was bad for a quarter of an hour, and then good again.
func keptAlive(t *testing.T, first, phones, total int) map[int][]time.Duration {
	times := make(map[int][]time.Duration)
	l := newLab(t, 0, 1, func(c *virtual.Config) {
		c.First, c.Total = first, total
		c.Watch = func(s *virtual.Step) {
			if _, ok := s.Event.(phone.KeepAlive); ok {
				times[first+s.Index] = append(times[first+s.Index], s.At.Sub(virtual.NewClock().Now()))
			}
		}
	})
	for i := range phones {
		l.add(first + i)
	}
	l.Send(phone.PowerOn{}, nil)
	l.settles()
	l.waits(time.Minute - l.clock.Elapsed())
	l.Impair(network.Condition{All: network.Disturbance{Loss: 0.4}})
	l.waits(15 * time.Minute)
	l.Impair(network.Condition{})
	l.waits(5 * time.Minute)
	require.Equal(t, phones, l.cluster.Registered())
	return times
}

// When a phone's keep-alives come, and what they lead to, is a function of its number among all
// phones alone: each in its place, and none for what others lost.
func TestKeepAlivesOfAPartOfAFleet(t *testing.T) {
	const phones = 90
	whole := keptAlive(t, 0, phones, phones)
	require.Len(t, whole, phones)
	together := make(map[int][]time.Duration)
	for first := 0; first < phones; first += 30 {
		for i, at := range keptAlive(t, first, 30, phones) {
			together[i] = at
		}
	}
	require.Equal(t, whole, together)
	for i, times := range whole {
		place := fleet.RenewAfter * time.Duration(i) / phones
		for _, at := range times {
			require.Equal(t, place, at%fleet.RenewAfter, "phone %d", i)
		}
		require.GreaterOrEqual(t, len(times), 7, "as long as the network is bad each may be lost")
		require.LessOrEqual(t, len(times), 9, "and no more come than it takes to be registered")
	}
}
