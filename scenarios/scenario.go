package scenarios

import (
	"context"
	"slices"
)

// A Scenario is a story with a cluster and phones in it.
type Scenario struct {
	Name   string
	Shows  string // what it shows, in one line
	Rows   string // of the mission
	Phones int    // unless the run says otherwise
	Steps  []Step
}

// A Step is one line of a scenario's plan.
type Step struct {
	Name   string
	Do     func(context.Context, *Stage) error
	Expect []Expectation
}

// An Expectation is a sentence about the cluster and its phones. Check returns
// nil where it holds, else what is the case instead.
type Expectation struct {
	Text  string
	Check func(*Stage) error
}

// Builtin are the scenarios that come with the program.
func Builtin() []Scenario { return []Scenario{bulkReset()} }

// Find looks a scenario up by its name.
func Find(name string) (Scenario, bool) {
	all := Builtin()
	i := slices.IndexFunc(all, func(s Scenario) bool { return s.Name == name })
	if i < 0 {
		return Scenario{}, false
	}
	return all[i], true
}

// Names are those of the built-in scenarios.
func Names() []string {
	var names []string
	for _, s := range Builtin() {
		names = append(names, s.Name)
	}
	return names
}
