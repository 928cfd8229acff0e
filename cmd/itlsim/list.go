package main

import (
	"fmt"

	"itlsim/scenarios"
)

type listCmd struct{}

// Run lists the built-in scenarios.
func (listCmd) Run(s streams) error {
	for _, sc := range scenarios.Builtin() {
		if _, err := fmt.Fprintf(s.out, "%-28s %s\n", sc.Name, sc.Shows); err != nil {
			return err
		}
	}
	return nil
}
