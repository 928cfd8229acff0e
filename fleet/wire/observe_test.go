package wire

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/phone"
)

// watcher notes what it is told of the second phone.
type watcher struct {
	mu         sync.Mutex
	conditions []fleet.Condition
	verdicts   []string
}

func (w *watcher) Changed(i int, now fleet.Condition) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i == 1 {
		w.conditions = append(w.conditions, now)
	}
}

func (w *watcher) Judged(i int, v phone.Verdict) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if i == 1 {
		w.verdicts = append(w.verdicts, v.File+" by "+v.By.String())
	}
}

func TestObserver(t *testing.T) {
	l := newLab(t, 1, patient)
	w := &watcher{}
	l.fleet.config.Observer = w // no phone is driven yet
	l.add(3)
	l.boot(phone.PowerOn{})
	l.boot(phone.Reset{})
	l.boot(phone.PowerOff{})
	name := l.fleet.Phone(1).Name
	require.Equal(t, []fleet.Condition{
		{On: true, Booting: true, State: phone.None},
		{On: true, State: phone.Trusted},
		{On: true, Booting: true, State: phone.Trusted},
		{On: true, State: phone.Trusted},
		{State: phone.Trusted},
	}, w.conditions)
	require.Equal(t, []string{
		"ITL" + name + ".tlv by faith (first use)", name + ".cnf.xml.sgn by the stored ITL",
		"ITL" + name + ".tlv by the same list as stored", name + ".cnf.xml.sgn by the stored ITL",
	}, w.verdicts)
}
