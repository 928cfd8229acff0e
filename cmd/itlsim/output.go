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

type reportFile struct {
	to    wholeFile
	write func(*report.Report, io.Writer) error
}

// create opens all that the command line names: that one cannot be written is
// found before the run.
func (c *runCmd) create(stdout io.Writer) (*output, error) {
	o := &output{text: stdout}
	for _, f := range []struct {
		flag, path string
		write      func(*report.Report, io.Writer) error
	}{
		{"--json", c.JSON, (*report.Report).WriteJSON},
		{"--junit", c.JUnit, (*report.Report).WriteJUnit},
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

// write writes all reports; one on standard output takes it for itself.
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

// close leaves files as they were for which there was no report.
func (o *output) close() {
	for _, f := range o.files {
		f.to.abandon()
	}
}

// standard is standard output.
type standard struct{ io.Writer }

func (standard) finish() error { return nil }
func (standard) abandon()      {}
