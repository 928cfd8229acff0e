package scenarios

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"itlsim/scenarios/report"

	"github.com/stretchr/testify/require"
)

// whole looks a run's reports over.
func whole(t *testing.T, r *report.Report) {
	told := 0
	for _, story := range r.Stories {
		told += len(story.Phones)
	}
	require.Equal(t, r.Phones, told+r.StoriesLeftOut)
	var b bytes.Buffer
	require.NoError(t, r.WriteJUnit(&b))
	var suites struct {
		XMLName xml.Name `xml:"testsuites"`
		Tests   int      `xml:"tests,attr"`
	}
	require.NoError(t, xml.Unmarshal(b.Bytes(), &suites))
	held, failed, _ := r.Tally()
	require.Equal(t, held+failed, suites.Tests)
	b.Reset()
	require.NoError(t, r.WriteHTML(&b))
	_, data, ok := strings.Cut(b.String(), `<script type="application/json" id="report">`)
	require.True(t, ok)
	data, _, ok = strings.Cut(data, "</script>")
	require.True(t, ok)
	var embedded report.Report
	require.NoError(t, json.Unmarshal([]byte(data), &embedded))
	require.Equal(t, r.Steps, embedded.Steps)
	require.NotRegexp(t, `(src|href)="?http`, b.String(), "the page needs nothing from a network")
}

// grade is how a header says how well what it shows is founded, after docs/sources.md.
const grade = `\[(DOC|TRACE|CODE|INF|MEM|OWN)\b`

// Each file opens with what it shows and which rows, and is named for itself. What it
// shows is on one line. Of cases
// and procedures it says the grade, too.
func TestHeaders(t *testing.T) {
	for _, s := range Builtin() {
		source, ok := Source(s.Name)
		require.True(t, ok, "%s is not in %s.yaml", s.Name, s.Name)
		header, _, _ := strings.Cut(string(source), "\nname:")
		require.True(t, strings.HasPrefix(header, "# "), s.Name)
		require.Regexp(t, `Rows? `, header, s.Name)
		require.NotEmpty(t, s.Rows, s.Name)
		require.NotEmpty(t, s.Shows, s.Name)
		require.Equal(t, s.Shows, Shows(s.Name))
		for _, row := range s.Rows {
			if strings.HasPrefix(row, "R") {
				require.Regexp(t, `\b`+row+` `+grade, header, "the header of %s", s.Name)
			}
		}
		for _, procedure := range []string{"migration-", "mixed-mode", "upgrade-"} {
			if strings.HasPrefix(s.Name, procedure) {
				require.Regexp(t, grade, header, "the header of %s", s.Name)
			}
		}
	}
}
