package report

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
)

// junit is the report as Jenkins and GitLab read it: a suite for each step, a
// case for each expectation. Elements and attributes are those of junit-10.xsd, by which
// Jenkins' xUnit plugin judges a file.
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
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
	Out      string      `xml:"system-out"` // the step's story
}

type junitCase struct {
	Class   string   `xml:"classname,attr"`
	Name    string   `xml:"name,attr"`
	Time    string   `xml:"time,attr"` // its share of the step's
	Failure *junitIs `xml:"failure"`
	Error   *junitIs `xml:"error"`
}

type junitIs struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// timed gives a suite the seconds of the wall clock that its step took, and each case an
// equal share: a step is judged when all of it is done. So cases add up to their suite.
func (s *junitSuite) timed(steps []float64, i int) {
	took := 0.0
	if i < len(steps) {
		took = steps[i]
	}
	s.Time = fmt.Sprintf("%.3f", took)
	for i := range s.Cases {
		s.Cases[i].Time = fmt.Sprintf("%.6f", took/float64(len(s.Cases)))
	}
}

// told is the story of a step: what was typed and printed, and how the phones were then.
// The last one ends with the verdict.
func (r *Report) told(i int) string {
	var b strings.Builder
	p := printer(&b)
	step := &r.Steps[i]
	if step.Says != "" {
		p("%s\n", step.Says)
	}
	step.printActs(p, false)
	p("")
	p("%12s %s", "time", stateNames)
	p("%12s %s", atTime(step.AtS), step.States)
	step.printGroups(p)
	if i == len(r.Steps)-1 {
		p("")
		r.printStranded(p)
		p("%s", r.Verdict)
	}
	return b.String()
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
		suite.timed(r.Timing.StepS, i)
		suite.Out = r.told(i)
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
