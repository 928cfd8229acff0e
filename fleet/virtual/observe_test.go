package virtual_test

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet/virtual"
	"itlsim/internal/fleettest"
	"itlsim/phone"
)

// An observer is told the same as on the wire.
func TestObserver(t *testing.T) {
	w := &fleettest.Watcher{}
	l := newLab(t, 3, 1, func(c *virtual.Config) { c.Observer = w })
	fleettest.Observe(t, l.Fleet, w)
}

// What people do to a fleet while its time passes disturbs nothing but the order.
func TestConcurrentUse(t *testing.T) {
	l := newLab(t, 40, 1)
	var all sync.WaitGroup
	for _, act := range []func(){
		func() { l.Send(phone.PowerOn{}, nil) },
		func() { _ = l.Advance(t.Context(), time.Second) },
		func() { _ = l.Advance(t.Context(), time.Minute) },
		func() { _ = l.Settle(t.Context()) },
		func() { l.cluster.ResetPhones() },
		func() { _ = l.sub.Restart(cucm.CallManagerService) },
		func() { l.CallManager("SEP001BD4000007") },
		func() { l.Phones() },
	} {
		all.Go(func() {
			for range 20 {
				act()
			}
		})
	}
	all.Wait()
	l.settles()
	l.waits(round)
	l.registered(20, 20, 0, 40)
}

// Phones share refusals that are alike in all that they tell: here the TVSs were
// asked in another order.
func TestRefusalsOfTheirOwn(t *testing.T) {
	l := newLab(t, 4, 1)
	l.Send(phone.UseServers{Servers: l.servers[0]}, nil)
	l.Send(phone.PowerOn{}, nil)
	l.settles()
	l.Send(phone.PowerOff{}, nil)
	l.settles()
	l.regenerates(l.pub, cucm.CallManager)
	l.waits(6 * time.Minute)
	for _, n := range l.cluster.Nodes() {
		l.regenerates(n, cucm.TVSUnit)
	}
	l.Send(phone.PowerOn{}, nil)
	l.settles()
	for i, v := range l.Phones() {
		var lost *phone.LostError
		require.ErrorAs(t, v.ListRefusal, &lost)
		require.Len(t, lost.Tried, 2)
		first := []*cucm.Node{l.pub, l.sub}[i%2]
		require.ErrorContains(t, lost.Tried[0], first.Address(cucm.TVSService), v.Name)
	}
}
