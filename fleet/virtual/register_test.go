package virtual_test

import (
	"context"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/fleet/virtual"
	"itlsim/phone"
	"itlsim/sip"
)

// registered counts the phones by the node that they think to be registered
// with, and compares the sum with what the cluster knows.
func (l *lab) registered(pub, sub, none, known int) {
	l.Helper()
	at := make(map[string]int)
	for v := range l.All(fleet.Whole) {
		at[v.CallManager]++
	}
	count := func(n *cucm.Node) int { return at[n.Address(cucm.CallManagerService)] }
	require.Equal(l, [3]int{pub, sub, none}, [3]int{count(l.pub), count(l.sub), at[""]})
	require.Equal(l, known, l.cluster.Registered())
}

// logged counts the entries of a node's log that have a text.
func logged(n *cucm.Node, text string) (count int) {
	for _, entry := range n.Log() {
		if strings.Contains(entry, text) {
			count++
		}
	}
	return count
}

const round = 2 * time.Minute // in which every phone's keep-alive comes

func booted(t *testing.T, phones int) *lab {
	l := newLab(t, phones, 1)
	l.Send(phone.PowerOn{}, nil)
	l.settles()
	l.registered(phones/2, phones/2, 0, phones)
	return l
}

func TestPhonesFailOverAndFallBack(t *testing.T) {
	for name, turn := range map[string]func(l *lab, on bool){
		"a stopped service": func(l *lab, on bool) {
			if on {
				l.types(l.pub, "utils service start Cisco CallManager")
			} else {
				l.types(l.pub, "utils service stop Cisco CallManager")
			}
		},
		"a node without power": func(l *lab, on bool) {
			if on {
				require.NoError(l, l.pub.PowerOn())
			} else {
				require.NoError(l, l.pub.PowerOff())
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			l := booted(t, 10)
			turn(l, false)
			l.settles()
			l.registered(5, 5, 0, 5) // the registrations went with the service, which their phones do not know
			at := l.clock.Elapsed()
			l.waits(round)
			l.registered(0, 10, 0, 10)
			require.EqualValues(t, 5, l.Tally().RegistrationsFailed.Load())
			require.EqualValues(t, 15, l.cluster.Counts().Registrations, "keep-alives that change nothing are no events")
			require.Equal(t, round, l.clock.Elapsed()-at)
			turn(l, true)
			l.waits(round)
			l.registered(5, 5, 0, 10)
			require.Equal(t, 5, logged(l.sub, "[Reason=16]"), "registered with another node meanwhile")
		})
	}
}

// A service that restarts knows no phones until their keep-alives come.
func TestARestartedCallManager(t *testing.T) {
	l := booted(t, 10)
	l.types(l.pub, "utils service restart Cisco CallManager")
	l.settles()
	l.registered(5, 5, 0, 5)
	l.waits(round)
	l.registered(5, 5, 0, 10)
	require.Zero(t, l.Tally().RegistrationsFailed.Load())
	require.Equal(t, 10, logged(l.pub, "EndPointRegistered"), "at first, and anew")
}

func TestNoCallManagerAtAll(t *testing.T) {
	l := booted(t, 10)
	for _, n := range l.cluster.Nodes() {
		l.types(n, "utils service stop Cisco CallManager")
	}
	l.waits(time.Hour)
	l.registered(0, 0, 10, 0)
	require.EqualValues(t, 20, l.Tally().RegistrationsFailed.Load(), "whoever cannot succeed does not try again")
	l.cluster.ResetPhones()
	l.settles()
	require.EqualValues(t, 10, l.Tally().Boots.Load(), "a reset reaches registered phones only")
	l.types(l.sub, "utils service start Cisco CallManager")
	l.waits(round)
	l.registered(0, 10, 0, 10)
}

// What was lost on the way is tried again.
func TestRegistrationsThroughABadNetwork(t *testing.T) {
	l := newLab(t, 10, 1, func(c *virtual.Config) { c.Network.Loss = 0.5 })
	l.Send(phone.PowerOn{}, nil)
	l.settles()
	require.NotZero(t, l.Tally().RegistrationsFailed.Load())
	l.Disturb(virtual.LAN())
	l.waits(round)
	for v := range l.All(fleet.Whole) {
		require.Equal(t, v.Flash.Config != nil, v.CallManager != "", v.Name)
	}
}

// Phones settle although keep-alives go on being lost: one node is cut off from phones
// that prefer it, and may fail at the other.
func TestSettlingDoesNotWaitForKeepAlives(t *testing.T) {
	l := booted(t, 300)
	host, _, err := net.SplitHostPort(l.pub.Address(cucm.CallManagerService))
	require.NoError(t, err)
	l.Impair(network.Condition{
		All: network.Disturbance{Loss: 0.2}, Walls: map[network.Wall]bool{{Server: host}: true},
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	l.Send(phone.Reset{}, nil)
	require.NoError(t, l.Settle(ctx))
	for range 3 { // what was lost is tried again as time passes, until none is
		l.waits(round)
	}
	require.Equal(t, 300, l.cluster.Registered())
}

// A reset ends a registration until the phone registers again.
func TestAResetIsLogged(t *testing.T) {
	l := booted(t, 10)
	l.cluster.ResetPhones()
	require.Zero(t, l.cluster.Registered())
	l.settles()
	l.registered(5, 5, 0, 10)
	require.EqualValues(t, 20, l.cluster.Counts().Registrations)
	for _, n := range l.cluster.Nodes() {
		require.Equal(t, 5, logged(n, "EndPointResetInitiated"))
		require.Equal(t, 5, logged(n, "[Reason=9]"))
		require.Equal(t, 10, logged(n, "EndPointRegistered"))
	}
}

// A phone that no node reaches misses a reset, and is registered again by its
// next keep-alive.
func TestAResetThatDoesNotArrive(t *testing.T) {
	l := booted(t, 10)
	for _, n := range l.cluster.Nodes() {
		l.Partition(n, 0, 3)
	}
	l.cluster.ResetPhones()
	l.Heal(virtual.LAN())
	l.settles()
	require.EqualValues(t, 17, l.Tally().Boots.Load())
	l.waits(round)
	l.registered(5, 5, 0, 10)
	require.EqualValues(t, 17, l.Tally().Boots.Load())
}

// What tells a cluster that a phone is gone is what tells it on the wire: the phone
// itself, before it boots again; a keep-alive that does not come; a reset that does
// not reach it.
func TestHowPhonesGo(t *testing.T) {
	for name, tc := range map[string]struct {
		does  func(l *lab)
		known int // phones that the cluster counts as registered then
		why   string
	}{
		"a reset at the phone": {func(l *lab) { l.Send(phone.Reset{}, nil); l.settles() }, 10, "8"},
		"a factory reset":      {func(l *lab) { l.Send(phone.FactoryReset{}, nil); l.settles() }, 10, "8"},
		"no power": {func(l *lab) {
			l.Send(phone.PowerOff{}, nil)
			l.settles()
			l.registered(0, 0, 10, 10)
			l.waits(2*sip.Granted - time.Second)
			l.registered(0, 0, 10, 10)
			l.waits(2 * time.Second)
		}, 0, "13"},
		"no power, and a reset": {func(l *lab) {
			l.Send(phone.PowerOff{}, nil)
			l.settles()
			l.cluster.ResetPhones()
		}, 0, "6"},
		"no power for a moment": {func(l *lab) {
			l.Send(phone.PowerOff{}, nil)
			l.settles()
			l.Send(phone.PowerOn{}, nil)
			l.settles()
		}, 10, "8"},
		"cut off, as it resets": {func(l *lab) {
			for _, n := range l.cluster.Nodes() {
				l.Partition(n, 0, 10)
			}
			l.Send(phone.Reset{}, nil)
			l.settles()
			l.registered(0, 0, 10, 10)
			l.waits(2 * sip.Granted)
		}, 0, "13"},
	} {
		t.Run(name, func(t *testing.T) {
			l := booted(t, 10)
			tc.does(l)
			require.Equal(t, tc.known, l.cluster.Registered())
			require.Equal(t, 10, logged(l.pub, "-EndPointUnregistered")+logged(l.sub, "-EndPointUnregistered"))
			require.Equal(t, 10, logged(l.pub, "[Reason="+tc.why+"]")+logged(l.sub, "[Reason="+tc.why+"]"))
		})
	}
}

// M21. Phones that move register with the other cluster, and the old one lets go of
// them at once.
func TestMovedPhones(t *testing.T) {
	l := booted(t, 10)
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Password, cfg.SharedConfigurations = l.clock, password, true
	cfg.Keys = testkeys.NewPool(2)
	other, err := cucm.New(cfg)
	require.NoError(t, err)
	l.Connect(other)
	for v := range l.All(fleet.Whole) {
		other.AddDevice(cucm.Device{Name: v.Name, Model: v.Profile.Model, Group: other.Nodes()})
	}
	l.Send(phone.UseServers{Servers: []string{other.Publisher().Address(cucm.TFTPService)}}, nil)
	l.Send(phone.EraseLists{}, nil)
	l.settles()
	require.Zero(t, l.cluster.Registered())
	require.Equal(t, 10, other.Registered())
	require.Equal(t, 10, logged(l.pub, "[Reason=8]")+logged(l.sub, "[Reason=8]"))
	l.cluster.ResetPhones()
	l.settles()
	require.EqualValues(t, 20, l.Tally().Boots.Load(), "which is no business of its phones any more")
	other.ResetPhones()
	l.settles()
	require.EqualValues(t, 30, l.Tally().Boots.Load())
}

// Phones whose CallManager Group is changed learn of it by their next configuration.
func TestPhonesOfAnotherGroup(t *testing.T) {
	l := booted(t, 10)
	for v := range l.All(fleet.Whole) {
		l.cluster.AddDevice(cucm.Device{Name: v.Name, Model: v.Profile.Model, Group: l.groups[1]})
	}
	l.Send(phone.Reset{}, nil)
	l.settles()
	l.registered(0, 10, 0, 10)
	require.Equal(t, 5, logged(l.pub, "[Reason=8]"))
	require.Equal(t, 5, logged(l.sub, "[Reason=8]"))
	for v := range l.All(fleet.Whole) {
		l.cluster.AddDevice(cucm.Device{Name: v.Name, Model: v.Profile.Model, Group: l.groups[0]})
	}
	l.cluster.ResetPhones()
	l.settles()
	l.registered(10, 0, 0, 10)
	require.Equal(t, 10, logged(l.sub, "[Reason=9]"))
}
