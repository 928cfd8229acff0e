// Package fleettest holds what the tests of both drivers of phones share.
package fleettest

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

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
		w.verdicts = append(w.verdicts, v.File+" by "+v.By.String())
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
		{On: true, Booting: true, State: phone.None},
		{On: true, State: phone.Trusted},
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
