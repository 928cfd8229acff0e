package scenarios

import (
	"time"

	"itlsim/lab"
)

// A Scenario is a plan: who is there, what is done, and what is expected then.
// [Load] reads one from a file; what no file can say is written in Go.
type Scenario struct {
	Name  string
	Shows string   // what it shows, in one line
	Rows  []string // of docs/sources.md
	// NotIn tells, by mode, why the scenario does not run in it.
	NotIn map[string]string
	// Hash is of the file and of those that it names: SHA-256, in hexadecimal; "" where the
	// scenario was written in Go.
	Hash string
	// Warnings tell what of the file was taken for something else.
	Warnings Problems
	// Pace is what runs in shards keep, where no other is given; 0 is [DefaultPace].
	Pace time.Duration
	lab.Setup
	Steps []Step
}

// A Step is one line of a scenario's plan.
type Step struct {
	Name   string
	Says   string // what happens, for people who have never seen a trust list
	Repeat Repeat // of what is done
	Do     []Act
	Expect []Expectation
}
