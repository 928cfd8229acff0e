package main

import (
	"fmt"

	"itlsim/scenarios"
)

type listCmd struct{}

// Run lists the built-in scenarios.
func (listCmd) Run(s streams) error {
	for _, name := range scenarios.Names() {
		if _, err := fmt.Fprintf(s.out, "%-28s %s\n", name, scenarios.Shows(name)); err != nil {
			return err
		}
	}
	return nil
}
