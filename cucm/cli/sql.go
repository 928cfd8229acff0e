package cli

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"itlsim/cucm"
	"itlsim/cucm/database"
)

// runSQL is `run sql QUERY` (technote 118893): columns as wide as the longest of their
// values, below their names a rule. What it says where there are no rows is remembered.
func runSQL(n *cucm.Node, t Terminal, args []string) error {
	answer, err := database.Ask(n.Cluster(), strings.Join(args, " "))
	if err != nil {
		return refuse("%v", err)
	}
	if answer.Rows == 0 {
		fmt.Fprintln(t, "No records found")
		return nil
	}
	widths := make([]int, len(answer.Columns))
	widen := func(cells []string) bool {
		for i, cell := range cells {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
		return true
	}
	widen(answer.Columns)
	answer.All(widen)
	rule := make([]string, len(widths))
	for i, width := range widths {
		rule[i] = strings.Repeat("=", width)
	}
	write := func(cells []string) bool {
		last := len(cells) - 1
		for i, cell := range cells[:last] {
			fmt.Fprintf(t, "%-*s ", widths[i], cell)
		}
		fmt.Fprintln(t, cells[last])
		return true
	}
	write(answer.Columns)
	write(rule)
	answer.All(write)
	return nil
}
