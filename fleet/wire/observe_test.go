package wire

import (
	"testing"

	"itlsim/internal/fleettest"
)

// An observer is told the same as in virtual time.
func TestObserver(t *testing.T) {
	l := newLab(t, 1, patient)
	w := &fleettest.Watcher{}
	l.fleet.config.Observer = w // no phone is driven yet
	l.add(3)
	fleettest.Observe(t, l.fleet, w)
}
