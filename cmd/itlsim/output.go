package main

import (
	"errors"
	"io"
	"os"

	"itlsim/scenarios"
)

// output is where a run's reports go.
type output struct {
	text  io.Writer
	files []reportFile
}

type reportFile struct {
	to    io.WriteCloser
	write func(*scenarios.Report, io.Writer) error
}

// create opens all that the command line names: that one cannot be written is
// found before the run.
func (c *runCmd) create(stdout io.Writer) (*output, error) {
	o := &output{text: stdout}
	for _, f := range []struct {
		flag, path string
		write      func(*scenarios.Report, io.Writer) error
	}{
		{"--json", c.JSON, (*scenarios.Report).WriteJSON},
		{"--junit", c.JUnit, (*scenarios.Report).WriteJUnit},
		{"--html", c.HTML, (*scenarios.Report).WriteHTML},
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
			o.files = append(o.files, reportFile{nopCloser{stdout}, f.write})
			continue
		}
		to, err := os.Create(f.path)
		if err != nil {
			o.close()
			return nil, usageError("%s: %v", f.flag, err)
		}
		o.files = append(o.files, reportFile{to, f.write})
	}
	return o, nil
}

// write writes all reports; one on standard output takes it for itself.
func (o *output) write(r *scenarios.Report) error {
	errs := []error{r.WriteText(o.text)}
	for _, f := range o.files {
		errs = append(errs, f.write(r, f.to), f.to.Close())
	}
	o.files = nil
	return errors.Join(errs...)
}

func (o *output) close() {
	for _, f := range o.files {
		f.to.Close()
	}
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
