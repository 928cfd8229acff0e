package main

import (
	"fmt"
	"text/tabwriter"

	"itlsim/scenarios"
)

type listCmd struct{}

// Run lists the built-in scenarios.
func (listCmd) Run(s streams) error {
	table := tabwriter.NewWriter(s.out, 0, 0, 1, ' ', 0)
	for _, name := range scenarios.Names() {
		fmt.Fprintf(table, "%s\t%s\n", name, scenarios.Shows(name))
	}
	return table.Flush()
}
