package report

import (
	"encoding/xml"
	"fmt"
	"io"
)

// junit is the report as Jenkins and GitLab read it: a suite for each step, a
// case for each expectation.
type junit struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Failure *junitIs `xml:"failure"`
	Error   *junitIs `xml:"error"`
}

type junitIs struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// WriteJUnit writes the report as JUnit XML.
func (r *Report) WriteJUnit(w io.Writer) error {
	held, failed, _ := r.Tally()
	all := junit{Name: r.Scenario, Tests: held + failed, Failures: failed, Time: fmt.Sprintf("%.3f", r.Timing.WallS)}
	for i, step := range r.Steps {
		suite := junitSuite{Name: fmt.Sprintf("%d. %s", i+1, step.Name)}
		class := fmt.Sprintf("%s.%02d", r.Scenario, i+1)
		for _, e := range step.Expectations {
			c := junitCase{Class: class, Name: e.Text}
			if !e.Passed {
				c.Failure = &junitIs{e.Why, e.Why}
				suite.Failures++
			}
			suite.Cases = append(suite.Cases, c)
		}
		if step.Error != "" {
			broken := junitCase{Class: class, Name: "the run goes on", Error: &junitIs{step.Error, step.Error}}
			suite.Cases = append(suite.Cases, broken)
			suite.Errors++
			all.Errors++
			all.Tests++
		}
		suite.Tests = len(suite.Cases)
		all.Suites = append(all.Suites, suite)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}
