package report_test

import (
	"bytes"
	"encoding/xml"
	"io"
	"regexp"
	"strconv"
	"testing"

	"itlsim/scenarios/report"

	"github.com/stretchr/testify/require"
)

// A junitElement is what junit-10.xsd of Jenkins' xUnit plugin allows in an element: its
// children, and its attributes, true where they are required.
type junitElement struct {
	children   string
	attributes map[string]bool
}

var junitElements = map[string]junitElement{
	"testsuites": {"testsuite", map[string]bool{
		"name": false, "time": false, "tests": false, "failures": false, "errors": false,
	}},
	"testsuite": {"testcase system-out system-err properties", map[string]bool{
		"name": true, "tests": true, "failures": true, "errors": true, "time": false, "timestamp": false,
	}},
	"testcase": {"skipped error failure system-out system-err", map[string]bool{
		"name": true, "time": false, "classname": false, "group": false,
	}},
	"failure":    {"", map[string]bool{"message": false, "type": false}},
	"error":      {"", map[string]bool{"message": false, "type": false}},
	"system-out": {"", nil},
}

// surefireTime is what the schema lets a time be.
var surefireTime = regexp.MustCompile(`^(([0-9]{0,3},)*[0-9]{3}|[0-9]{0,3})*(\.[0-9]*)?$`)

// requireJUnit checks a file as that schema does, and that its counts are right.
func requireJUnit(t *testing.T, data []byte) {
	t.Helper()
	var path []string
	counts, said := make(map[string]int), make(map[string]int)
	dec := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := dec.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			is, known := junitElements[name]
			require.True(t, known, name)
			if len(path) > 0 {
				require.Regexp(t, `\b`+name+`\b`, junitElements[path[len(path)-1]].children)
			} else {
				require.Equal(t, "testsuites", name)
			}
			path = append(path, name)
			counts[name]++
			has := make(map[string]bool)
			for _, a := range token.Attr {
				require.Contains(t, is.attributes, a.Name.Local, name)
				has[a.Name.Local] = true
				if a.Name.Local == "time" {
					require.Regexp(t, surefireTime, a.Value)
				}
				if n, err := strconv.Atoi(a.Value); err == nil && name == "testsuites" {
					said[a.Name.Local] = n
				}
			}
			for attribute, required := range is.attributes {
				require.True(t, has[attribute] || !required, "%s of %s", attribute, name)
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			if last := len(path) - 1; last < 0 || path[last] == "testsuites" || path[last] == "testsuite" {
				require.Empty(t, bytes.TrimSpace(token))
			}
		}
	}
	require.Equal(t, map[string]int{
		"tests": counts["testcase"], "failures": counts["failure"], "errors": counts["error"],
	}, said)
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
