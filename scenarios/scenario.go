package scenarios

import (
	"context"
	"time"

	"itlsim/lab"
)

// A Scenario is a plan: who is there, what is done, and what is expected then.
// [Load] reads one from a file; whatever no file can say is written in Go.
type Scenario struct {
	Name  string
	Shows string   // what it shows, in one line
	Rows  []string // of the mission
	// NotIn tells, by mode, why the scenario does not run in it.
	NotIn map[string]string
	lab.Setup
	Steps []Step
}

// A Step is one line of a scenario's plan.
type Step struct {
	Name   string
	Says   string // what happens, for who has never seen a trust list
	Do     []Act
	Expect []Expectation
}

// An Act does something. The phones then finish what they do.
type Act struct {
	Text string
	Do   func(context.Context, *Player) error
}

// An Expectation is a sentence about the cluster and its phones. Check returns
// nil where it holds, else what is the case instead.
type Expectation struct {
	Text  string
	Check func(*Player) error
}

// Wait lets time pass on the scenario's clock.
func Wait(d time.Duration) Act {
	return Act{"wait " + d.String(), func(ctx context.Context, p *Player) error { return p.Advance(ctx, d) }}
}
