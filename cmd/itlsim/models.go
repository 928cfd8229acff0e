package main

import (
	"cmp"
	"fmt"
	"strings"
	"text/tabwriter"

	"itlsim/phone"
)

type modelsCmd struct{}

// familyRows are what is printed of each family.
var familyRows = []struct {
	name string
	of   func(*phone.Family) fmt.Stringer
}{
	{"knows ITLs", func(f *phone.Family) fmt.Stringer { return f.ITL }},
	{"files by HTTP", func(f *phone.Family) fmt.Stringer { return f.HTTP }},
	{"newest TLS", func(f *phone.Family) fmt.Stringer { return f.TLS }},
	{"SHA-512", func(f *phone.Family) fmt.Stringer { return f.SHA512 }},
	{"DeviceTLInfo", func(f *phone.Family) fmt.Stringer { return f.ReportsLists }},
	{"older spelling", func(f *phone.Family) fmt.Stringer { return f.OldSpelling }},
	{"registers with one load", func(f *phone.Family) fmt.Stringer { return f.OneLoad }},
	{"flushes its TVS cache", func(f *phone.Family) fmt.Stringer { return f.FlushesVouches }},
	{"SIS", func(f *phone.Family) fmt.Stringer { return f.SIS }},
	{"Session-ID", func(f *phone.Family) fmt.Stringer { return f.SessionID }},
}

// Run lists the models, and before them the families that decide what they do.
func (modelsCmd) Run(s streams) error {
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0)
	for _, row := range familyTable() {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	fmt.Fprintln(w)
	w.Flush() // the next table has columns of its own
	for _, row := range modelTable() {
		fmt.Fprintln(w, strings.Join(row, "\t"))
	}
	return w.Flush()
}

// familyTable has a column for each family, headed by its name.
func familyTable() [][]string {
	names, of := []string{"family"}, []string{"models"}
	for _, f := range phone.Families() {
		names, of = append(names, f.Name), append(of, f.Models)
	}
	table := [][]string{names, of}
	for _, row := range familyRows {
		cells := []string{row.name}
		for _, f := range phone.Families() {
			cells = append(cells, row.of(f).String())
		}
		table = append(table, cells)
	}
	return table
}

// modelTable has a row for each model, below its head.
func modelTable() [][]string {
	table := [][]string{{"model", "number", "family", "firmware", "newest", "load", "DeviceTLInfo", "pages"}}
	for _, m := range phone.Models() {
		table = append(table, []string{
			m.Product, m.Number.String(), m.Family.String(), m.Firmware.String(), cmp.Or(m.Newest, "-"),
			cmp.Or(m.Load, "-"), m.ReportsLists.String(), cmp.Or(string(m.Pages), "-"),
		})
	}
	return table
}
