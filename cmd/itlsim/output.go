package main

import (
	"errors"
	"fmt"
	"io"

	"itlsim/scenarios/report"
)

// reportsAt are the flags that say where a report goes.
type reportsAt struct {
	JSON    string `name:"json" help:"Write the report as JSON; - is standard output." placeholder:"PATH" type:"path"`
	JUnit   string `name:"junit" help:"Write the report as JUnit XML, a case for each expectation." placeholder:"PATH" type:"path"`
	CSV     string `name:"csv" help:"Write each phone and its state after each step as CSV." placeholder:"PATH" type:"path"`
	HTML    string `name:"html" help:"Write the report as one HTML file that opens offline." placeholder:"PATH" type:"path"`
	Explain string `help:"Tell one phone's story after the report." placeholder:"SEP<MAC>"`
}

// check finds what is wrong with them before anything is opened: that two reports have one
// place, that there is no such folder, or that a report would replace a file that is read.
func (c *reportsAt) check(read ...string) error {
	of := make(map[string]string) // flags by place
	for _, f := range c.files() {
		if f.path == "" {
			continue
		}
		if other := of[f.path]; other != "" {
			return usageError("%s %s: %s already writes there", f.flag, f.path, other)
		}
		of[f.path] = f.flag
		if f.path == "-" {
			continue
		}
		if err := checkFolder(f.flag, f.path); err != nil {
			return err
		}
		if from := sameFile(f.path, read); from != "" {
			return usageError("%s %s: it would overwrite %s, which it reads", f.flag, f.path, from)
		}
	}
	return nil
}

// reportFlag is a flag of a report: the place that it gives, and how the report is written.
type reportFlag struct {
	flag, path string
	write      func(*report.Report, io.Writer) error
}

func (c *reportsAt) files() []reportFlag {
	return []reportFlag{
		{"--json", c.JSON, (*report.Report).WriteJSON},
		{"--junit", c.JUnit, (*report.Report).WriteJUnit},
		{"--csv", c.CSV, (*report.Report).WriteCSV},
		{"--html", c.HTML, (*report.Report).WriteHTML},
	}
}

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

// create opens all files that the command line names and that were checked, so that one
// that cannot be written is found before the run.
func (c *reportsAt) create(stdout io.Writer) (*output, error) {
	o := &output{text: stdout}
	for _, f := range c.files() {
		switch f.path {
		case "":
			continue
		case "-":
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

// write writes all reports, and tells the story that the command line asks for, unless a
// report has standard output for itself.
func (c *reportsAt) write(r *report.Report, to *output) error {
	err := to.write(r)
	if c.Explain == "" || to.text == io.Discard {
		return err
	}
	fmt.Fprintln(to.text)
	return errors.Join(err, explain(r, c.Explain, to.text))
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
