package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"itlsim/scenarios"
)

type mergeCmd struct {
	Parts []string `arg:"" help:"All parts of a run, written by run --part, in any order." placeholder:"PART" type:"path"`
	reportsAt
}

// Run makes the report of a run of its parts, prints it and judges the run.
func (c *mergeCmd) Run(s streams) error {
	if err := c.check(c.Parts...); err != nil {
		return err
	}
	var parts []*scenarios.Part
	for _, path := range c.Parts {
		part, err := readPart(path)
		if err != nil {
			return err
		}
		parts = append(parts, part)
	}
	r, err := scenarios.Merge(parts)
	if errors.Is(err, scenarios.ErrOtherRun) {
		return &exitError{exitUsage, err}
	} else if err != nil {
		return err
	}
	if c.Explain != "" {
		if err := explain(r, c.Explain, io.Discard); err != nil {
			return err
		}
	}
	out, err := c.create(s.out)
	if err != nil {
		return err
	}
	defer out.close()
	if err := c.write(r, out); err != nil {
		return err
	}
	if !r.Passed {
		return errFailed
	}
	return nil
}

// readPart reads a file of run --part.
func readPart(path string) (*scenarios.Part, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, usageError("%w", err)
	}
	defer file.Close() // it is only read
	part, err := scenarios.ReadPart(file)
	if err != nil {
		return nil, &exitError{exitUsage, fmt.Errorf("%s: %w", path, err)}
	}
	return part, nil
}
