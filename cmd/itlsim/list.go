package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"itlsim/scenarios"
)

// scenarioOrFile is the placeholder of what is a built-in scenario or a file of one.
const scenarioOrFile = "NAME|FILE.yaml"

type listCmd struct{}

// Run lists the built-in scenarios.
func (listCmd) Run(s streams) error { return listScenarios(s.out) }

// listScenarios writes the built-in scenarios, one line each.
func listScenarios(out io.Writer) error {
	table := tabwriter.NewWriter(out, 0, 0, 1, ' ', 0)
	for _, name := range scenarios.Names() {
		fmt.Fprintf(table, "%s\t%s\n", name, scenarios.Shows(name))
	}
	return table.Flush()
}
