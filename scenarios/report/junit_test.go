package report_test

import (
	"bytes"
	"encoding/xml"
	"os/exec"
	"testing"

	"itlsim/internal/sftptest"
	"itlsim/scenarios/report"

	"github.com/stretchr/testify/require"
)

// requireJUnit requires that a report says of itself how many cases it has, and is what the
// schema allows by which Jenkins' xUnit plugin judges files.
func requireJUnit(t *testing.T, data []byte) {
	t.Helper()
	var is struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Cases    []struct {
			Failure []string `xml:"failure"`
			Error   []string `xml:"error"`
		} `xml:"testsuite>testcase"`
	}
	require.NoError(t, xml.Unmarshal(data, &is))
	failures, errors := 0, 0
	for _, c := range is.Cases {
		failures += len(c.Failure)
		errors += len(c.Error)
	}
	require.Equal(t, []int{len(is.Cases), failures, errors}, []int{is.Tests, is.Failures, is.Errors})
	lint := exec.CommandContext(t.Context(), sftptest.Program(t, "xmllint"), "--noout", "--nonet",
		"--schema", "testdata/junit-10.xsd", "-")
	lint.Stdin = bytes.NewReader(data)
	said, err := lint.CombinedOutput()
	require.NoError(t, err, "%s", said)
}

// Reports of runs are JUnit.
func TestJUnitOfRuns(t *testing.T) {
	for name, r := range boards(t, 25) {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			require.NoError(t, r.WriteJUnit(&b))
			requireJUnit(t, b.Bytes())
		})
	}
}

// What Jenkins reads: cases have times that add up, and the step's story, whatever
// characters a command printed.
func TestJUnitAsJenkinsTakesIt(t *testing.T) {
	r := sample()
	r.Timing.WallS, r.Timing.StepS = 12345.25, []float64{12344, 1.25}
	r.Verdict = "the run stopped"
	r.Steps[0].Do = []report.Done{{
		Text: "on pub: show itl", Printed: "a <list>\x07 & more", PrintedLeftOut: 1234, Failed: "it printed too much",
	}}
	var b bytes.Buffer
	require.NoError(t, r.WriteJUnit(&b))
	requireJUnit(t, b.Bytes())
	require.Contains(t, b.String(), `<testsuite name="1. phones boot" tests="2" failures="1" errors="0" time="12344.000">`)
	require.Contains(t, b.String(), `name="all phones are trusted" time="6172.000000">`)
	require.Contains(t, b.String(), `name="the run goes on" time="1.250000">`)
	require.Contains(t, b.String(), "on pub: show itl&#xA;    a &lt;list&gt;\uFFFD &amp; more&#xA;"+
		"    … and 1,234 bytes more&#xA;  ✗ it printed too much&#xA;")
	require.Contains(t, b.String(), "the run stopped&#xA;</system-out>")
}
