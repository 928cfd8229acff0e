package main

import (
	"os"

	"itlsim/scenarios/report"
)

type compareCmd struct {
	A   string `arg:"" help:"A report written by run --json." type:"path"`
	B   string `arg:"" help:"Another report, of the same plan or a changed one." type:"path"`
	All bool   `help:"Name every phone, not only the first few of many."`
}

// Run says what differs between two runs. That something does is its no.
func (c *compareCmd) Run(s streams) error {
	a, err := readReport(c.A)
	if err != nil {
		return err
	}
	b, err := readReport(c.B)
	if err != nil {
		return err
	}
	found := report.Compare(a, b)
	if err := found.WriteText(s.out, c.All); err != nil {
		return err
	}
	if !found.Same() {
		return errFailed
	}
	return nil
}

// readReport reads a whole report.
func readReport(path string) (*report.Report, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, usageError("%w", err)
	}
	defer file.Close() // it is only read
	r, err := report.Read(file)
	if err != nil {
		return nil, usageError("%s is not a report of itlsim run --json: %w", path, err)
	}
	return r, nil
}
