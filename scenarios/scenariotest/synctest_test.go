package scenariotest_test

import (
	"testing"
	"testing/synctest"
	"time"

	"itlsim/scenarios/scenariotest"
)

// A virtual lab lives in a bubble, beside code that waits there: nothing that it starts outlives
// the test, or waits for what is outside. Its clock and the bubble's go each their own way.
func TestVirtualLabInBubble(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lab := scenariotest.Open(t, "both-certificates-at-once", 6, scenariotest.Virtual)
		at := lab.Cluster.Now()
		began := time.Now()
		watched := make(chan time.Duration)
		go func() { // code under test that looks at the phones once in a while
			time.Sleep(time.Hour)
			watched <- time.Since(began)
		}()
		lab.Do("phones: power on", "phones: power off")
		lab.Type("test10pub", "set cert regen CallManager", "yes")
		lab.Do("wait: 6 minutes")
		lab.Type("test10pub", "set cert regen TVS", "yes")
		lab.Do("phones: power on")
		lab.Expect("all phones are untrusted")
		if waited := lab.Cluster.Now().Sub(at); waited < 6*time.Minute {
			t.Error("the lab's clock went on by ", waited)
		}
		if time.Since(began) != 0 {
			t.Error("the bubble's clock went on by ", time.Since(began))
		}
		if waited := <-watched; waited != time.Hour {
			t.Error("the code under test waited ", waited)
		}
	})
}

func TestRunInBubble(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"bulk-reset", "tvs-outage", "migration-by-hand"} {
		synctest.Test(t, func(t *testing.T) { scenariotest.Run(t, name, 12, scenariotest.Virtual) })
	}
}
