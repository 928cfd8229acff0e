package main

import (
	"fmt"
	"io"
	"os"

	"itlsim/scenarios/report"
)

type explainCmd struct {
	Report string `arg:"" help:"A report written by run --json." type:"path"`
	Phone  string `arg:"" help:"Name of the phone." placeholder:"SEP<MAC>"`
}

// Run tells one phone's story.
func (c *explainCmd) Run(s streams) error {
	file, err := os.Open(c.Report)
	if err != nil {
		return usageError("%w", err)
	}
	defer file.Close() // it is only read
	r, err := report.ReadFor(c.Phone, file)
	if err != nil {
		return usageError("%s is not a report of itlsim run --json: %w", c.Report, err)
	}
	return explain(r, c.Phone, s.out)
}

// explain tells the story of a device from a report.
func explain(r *report.Report, device string, out io.Writer) error {
	told, err := r.Explain(out, device)
	if err == nil && !told {
		var short string
		if n := r.StoriesLeftOut; n > 0 {
			short = fmt.Sprintf("; it leaves out those of %d phones", n)
		}
		if n := r.Unnamed(); n > 0 {
			short += fmt.Sprintf("; its stories do not name %d phones", n)
		}
		err = usageError("the report has no story of %s%s", device, short)
	}
	return err
}
