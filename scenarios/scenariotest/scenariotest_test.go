package scenariotest_test

import (
	"errors"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"itlsim/scenarios"
	"itlsim/scenarios/scenariotest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestLab(t *testing.T) {
	t.Parallel()
	lab := scenariotest.Open(t, "both-certificates-at-once", 6)
	lab.Do("phones: power on")
	lab.Expect("all phones are trusted", "all phones hold the list of test10pub")
	lab.Do("phones: power off")
	lab.Type("test10pub", "set cert regen CallManager", "yes")
	printed := lab.Refuses("modified in the last 5 minutes", "test10pub", "set cert regen TVS", "yes")
	if !strings.Contains(printed, "CallManager") {
		t.Error(printed)
	}
	lab.Do("wait: 6 minutes")
	lab.Type("test10pub", "set cert regen TVS", "yes")
	lab.Do("phones: power on")
	lab.Expect("all phones are untrusted")
	lab.Type("test10pub", "utils itl reset localkey", "ciscocisco")
	lab.Do("phones: reset")
	lab.Expect("all phones are trusted")
}

// What fails in a lab fails its test, in the sentence's words.
func TestFailures(t *testing.T) {
	tb := &recorder{TB: t}
	lab := scenariotest.Open(tb, "both-certificates-at-once", 2)
	lab.Do("phones: power on")
	lab.Expect("all phones are locked", "all phones are confused")
	lab.Type("test10pub", "set cert regen TVS", "yes")
	lab.Type("test10pub", "set cert regen CallManager", "yes")
	lab.Refuses("no", "test10pub", "show itl")
	for i, want := range []string{
		"all phones are locked: 2 of 2 are trusted", `"confused" is not understood here`, "last 5 minutes", "want a refusal",
	} {
		if i >= len(tb.said) || !strings.Contains(tb.said[i], want) {
			t.Errorf("said %q, want %q", tb.said, want)
		}
	}
}

// The network of any lab can be disturbed.
func TestNetworkFaults(t *testing.T) {
	t.Parallel()
	lab := scenariotest.Open(t, "both-certificates-at-once", 2)
	lab.Do("fault: the network delays datagrams by 10 ms", "phones: power on")
	lab.Expect("all phones are trusted")
	if err := lab.Player.Expect("50% of boots took less than 20 ms"); !errors.Is(err, scenarios.ErrNotSo) {
		t.Error("boots were not delayed: ", err)
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	if r := scenariotest.Run(t, "follow-by-tvs", 4); r.States.Trusted != 4 {
		t.Error(r.States)
	}
}
