// Package regression is a sample of a suite that checks a site's own procedures
// against simulated phones. It is a module of its own, as yours would be.
package regression

import (
	"testing"

	"itlsim/itl"
	"itlsim/phone"
	"itlsim/scenarios/scenariotest"
)

// The site's maintenance plan, as the night shift reads it.
func TestMaintenancePlan(t *testing.T) {
	t.Parallel()
	scenariotest.Run(t, "maintenance.yaml", 0)
}

// Built-in scenarios that the site relies on.
func TestBuiltIn(t *testing.T) {
	for _, name := range []string{"five-minute-guard", "reset-on-subscriber", "no-recovery-record"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			scenariotest.Run(t, name, 12)
		})
	}
}

// Trust that is lost while phones are off, and what brings it back. Each test has a lab of its
// own, so all run side by side.
func TestTrustIsLostAndRegained(t *testing.T) {
	t.Parallel()
	lab := scenariotest.Open(t, "both-certificates-at-once", 8)
	lab.Do("phones: power on", "phones: power off")
	lab.Type("test10pub", "set cert regen CallManager", "yes")
	lab.Refuses("modified in the last 5 minutes", "test10pub", "set cert regen TVS", "yes")
	lab.Do("wait: 6 minutes")
	lab.Type("test10pub", "set cert regen TVS", "yes")
	lab.Do("phones: power on")
	lab.Expect("all phones are untrusted")

	lab.Type("test10pub", "utils itl reset localkey", "ciscocisco")
	lab.Do("phones: reset")
	lab.Expect("all phones are trusted")
}

// A step by step check in Go, with the packages alone where sentences end.
func TestEveryListHoldsTheRecoveryKey(t *testing.T) {
	t.Parallel()
	lab := scenariotest.Open(t, "follow-by-tvs", 8)
	lab.Do("phones: power on")
	lab.Type("test10pub", "set cert regen CallManager", "yes")
	lab.Expect("all phones are trusted", "all phones hold their own node's list")

	for _, n := range lab.Cluster.Nodes() {
		list, err := itl.ParseList(n.ITL().Bytes())
		if err != nil {
			t.Fatal(err)
		}
		if got := len(list.With(itl.SAST)); got != 2 {
			t.Errorf("%s: %d SAST records, want its own and ITLRECOVERY's", n.Name(), got)
		}
	}
	old := lab.Views()[0].Flash.Lists.ITL
	lab.Type("test10pub", "utils itl reset localkey", "ciscocisco")
	verdict, state := phone.WouldTake(old, lab.Cluster.Publisher().ITL().Bytes())
	if state != phone.Trusted {
		t.Error(verdict.Refusal)
	}
}
