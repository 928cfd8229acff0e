package main

import (
	"errors"
	"io"

	"itlsim/scenarios/report"
)

// output is where a run's reports go.
type output struct {
	text  io.Writer
	files []reportFile
}

// reportFile is one report and where it goes.
type reportFile struct {
	to    atomicFile
	write func(*report.Report, io.Writer) error
}

// create opens all files that the command line names, so that one that cannot be
// written is found before the run.
func (c *runCmd) create(stdout io.Writer) (*output, error) {
	o := &output{text: stdout}
	for _, f := range []struct {
		flag, path string
		write      func(*report.Report, io.Writer) error
	}{
		{"--json", c.JSON, (*report.Report).WriteJSON},
		{"--junit", c.JUnit, (*report.Report).WriteJUnit},
		{"--csv", c.CSV, (*report.Report).WriteCSV},
		{"--html", c.HTML, (*report.Report).WriteHTML},
	} {
		switch f.path {
		case "":
			continue
		case "-":
			if o.text == io.Discard {
				o.close()
				return nil, usageError("%s -: standard output is taken by another report", f.flag)
			}
			o.text = io.Discard
			o.files = append(o.files, reportFile{standard{stdout}, f.write})
			continue
		}
		to, err := createNamed(f.flag, f.path, 0o666)
		if err != nil {
			o.close()
			return nil, err
		}
		o.files = append(o.files, reportFile{to, f.write})
	}
	return o, nil
}

// write writes all reports. One on standard output takes the place of the text.
func (o *output) write(r *report.Report) error {
	errs := []error{r.WriteText(o.text)}
	for _, f := range o.files {
		if err := f.write(r, f.to); err != nil {
			errs = append(errs, err)
			f.to.abandon()
			continue
		}
		errs = append(errs, f.to.finish())
	}
	o.files = nil
	return errors.Join(errs...)
}

// close abandons the files that got no report.
func (o *output) close() {
	for _, f := range o.files {
		f.to.abandon()
	}
}
