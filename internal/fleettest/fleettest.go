// Package fleettest holds what the tests of both drivers of phones share.
package fleettest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// A Watcher is an observer that notes what it is told of the second phone.
type Watcher struct {
	mu         sync.Mutex
	conditions []fleet.Condition
	verdicts   []string
}

// Changed notes a condition.
func (w *Watcher) Changed(i int, now fleet.Condition) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i == 1 {
		w.conditions = append(w.conditions, now)
	}
}

// Judged notes a verdict.
func (w *Watcher) Judged(i int, v phone.Verdict) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i == 1 {
		w.verdicts = append(w.verdicts, v.File.String()+" by "+v.By.String())
	}
}

// Observe boots, resets and switches off new phones of a sound cluster, and checks
// what the watcher, their fleet's observer, is told of it.
func Observe(t *testing.T, f fleet.Fleet, w *Watcher) {
	t.Helper()
	for _, ev := range []phone.Event{phone.PowerOn{}, phone.Reset{}, phone.PowerOff{}} {
		f.Send(ev, nil)
		require.NoError(t, f.Settle(context.Background()))
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	require.Equal(t, []fleet.Condition{
		{Waiting: true, State: phone.None},
		{On: true, Booting: true, State: phone.None},
		{On: true, State: phone.Trusted},
		{On: true, Waiting: true, State: phone.Trusted},
		{On: true, Booting: true, State: phone.Trusted},
		{On: true, State: phone.Trusted},
		{State: phone.Trusted},
	}, w.conditions)
	name := f.Phone(1).Name
	require.Equal(t, []string{
		"ITL" + name + ".tlv by faith (first use)", name + ".cnf.xml.sgn by the stored ITL",
		"ITL" + name + ".tlv by the same list as stored", name + ".cnf.xml.sgn by the stored ITL",
	}, w.verdicts)
}

// AutoRegister boots a phone that its cluster, which takes any, does not know. later
// lets a second pass on the cluster's clock.
func AutoRegister(t *testing.T, f fleet.Fleet, c *cucm.Cluster, later func()) {
	t.Helper()
	settle := func() { require.NoError(t, f.Settle(context.Background())) }
	f.Send(phone.PowerOn{}, nil)
	settle()
	v := f.Phone(0)
	require.Equal(t, phone.Trusted, v.State)
	require.True(t, v.Flash.Config.Default, "it has what the default file says")
	require.Equal(t, v.Flash.Config.CallManagers[0], v.CallManager, "and has registered by that")
	entered, _ := c.Device(v.Name)
	require.Equal(t, v.Profile.Model, entered.Model, "which entered it into the database")

	later()
	require.NoError(t, c.Tick())
	require.Eventually(t, func() bool { // the reset is on its way
		settle()
		v = f.Phone(0)
		return !v.Flash.Config.Default
	}, time.Minute, time.Millisecond, "it was reset, and has its own")
	require.NotEmpty(t, v.CallManager)
	require.Equal(t, phone.ByITL, v.ConfigBy)
}

// Rejected boots a phone that its cluster, which takes no others, does not know.
func Rejected(t *testing.T, f fleet.Fleet, c *cucm.Cluster) {
	t.Helper()
	f.Send(phone.PowerOn{}, nil)
	require.NoError(t, f.Settle(context.Background()))
	v := f.Phone(0)
	require.Equal(t, phone.Trusted, v.State)
	require.True(t, v.Flash.Config.Default)
	require.Empty(t, v.CallManager)
	require.Len(t, v.NotRegistered, len(v.Flash.Config.CallManagers))
	for _, err := range v.NotRegistered {
		require.ErrorContains(t, err, "404 Not Found")
	}
	_, known := c.Device(v.Name)
	require.False(t, known)
}
