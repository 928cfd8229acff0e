package report_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/scenarios/report"
)

// a report of a run in which one expectation failed, and one step broke off.
func sample() *report.Report {
	const unknown = "unknown signer (CN=pub), and every TVS shows another certificate"
	return &report.Report{
		Scenario: "tonight", Shows: "what tonight does", Mode: "wire", Seed: 7, Phones: 1200,
		States: report.States{Trusted: 1200},
		Steps: []report.Step{
			{Name: "phones boot", States: report.States{Trusted: 1200}, Expectations: []report.Expectation{
				{Text: "all phones are trusted", Passed: true},
				{Text: "all phones are on", Why: "2 of 1200 are off (SEP1, SEP2)"},
			}},
			{Name: "nothing works", AtS: 367, Error: "interrupted"},
		},
		Stories: []report.Story{{
			Phones: []string{"SEP1", "SEP2"}, Model: "8861 10.3(1)", Cure: "a reset of the phones, to try again",
			Chapters: []report.Chapter{{
				Step: 1, Name: "phones boot", State: "untrusted", On: true, Held: "ab12", Signer: "CN=pub",
				Offered: "cd34, signed by CN=sub", ConfBy: "the stored ITL",
				Refusal: report.Refusal{
					Refused: "ITLSEP<MAC>.tlv", By: "CN=sub", Tried: "TVS of pub: no; TVS of sub: no", Why: unknown,
				},
			}},
		}},
	}
}

// A phone's story is told with its own name, and what did not happen is left out.
func TestExplain(t *testing.T) {
	var b bytes.Buffer
	told, err := sample().Explain(&b, "SEP2")
	require.NoError(t, err)
	require.True(t, told)
	require.Equal(t, `SEP2, a 8861 10.3(1), in tonight
the same happened to one other phone

step 1  phones boot
  state     untrusted
  holds     ab12
            signed by CN=pub
  offered   cd34, signed by CN=sub
  settings  taken: the stored ITL
  refused   ITLSEP2.tlv
            signed by CN=sub
  tried     TVS of pub: no
  tried     TVS of sub: no
  why       unknown signer (CN=pub), and every TVS shows another certificate

cure: a reset of the phones, to try again
`, b.String())
	told, err = sample().Explain(&b, "SEP3")
	require.NoError(t, err)
	require.False(t, told)
}

// Each file that was refused is told, the list's reason first; and what the phone has
// taken without acting on it.
func TestExplainTellsAll(t *testing.T) {
	r := sample()
	c := &r.Stories[0].Chapters[0]
	c.CTLRefused = report.Refusal{Refused: "CTLSEP<MAC>.tlv", Why: "malformed"}
	c.ListRefused = report.Refusal{Refused: "ITLSEP<MAC>.tlv", Why: "no trust point"}
	c.Refusal = report.Refusal{Refused: "SEP<MAC>.cnf.xml.sgn", Why: "a TVS says no"}
	c.Ignored = "deviceSecurityMode 3 (encrypted): the phone registers without TLS"
	var b bytes.Buffer
	_, err := r.Explain(&b, "SEP1")
	require.NoError(t, err)
	require.Contains(t, b.String(), `
  refused   CTLSEP1.tlv
  why       malformed
  refused   ITLSEP1.tlv
  why       no trust point
  refused   SEP1.cnf.xml.sgn
  why       a TVS says no
  ignored   deviceSecurityMode 3 (encrypted): the phone registers without TLS
`)
	b.Reset()
	require.NoError(t, r.WriteJSON(&b))
	for _, key := range []string{`"ctl_refused": {`, `"list_refused": {`, `"refused": "SEP<MAC>.cnf.xml.sgn"`,
		`"ignored": "dev`} {
		require.Contains(t, b.String(), key)
	}
}

// A run that broke off says so, in text and as JUnit.
func TestBrokenOff(t *testing.T) {
	held, failed, stopped := sample().Tally()
	require.Equal(t, []any{1, 1, true}, []any{held, failed, stopped})
	var b bytes.Buffer
	require.NoError(t, sample().WriteText(&b))
	require.Contains(t, b.String(), "1,200 phones, wire mode, seed 7\n")
	require.Contains(t, b.String(), "    ✗ all phones are on\n      but 2 of 1200 are off (SEP1, SEP2)\n")
	require.Contains(t, b.String(), "   6 min 7 s ")
	require.Contains(t, b.String(), "STOPPED  1 of 2 expectations held until then\n")
	b.Reset()
	require.NoError(t, sample().WriteJUnit(&b))
	require.Contains(t, b.String(), `<failure message="2 of 1200 are off (SEP1, SEP2)">`)
	require.Contains(t, b.String(), `<error message="interrupted">`)
}

// What JSON says is read back, and the page has all of it.
func TestJSONAndHTML(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, sample().WriteJSON(&b))
	var again report.Report
	require.NoError(t, json.Unmarshal(b.Bytes(), &again))
	require.Equal(t, sample(), &again)
	b.Reset()
	require.NoError(t, sample().WriteHTML(&b))
	require.Contains(t, b.String(), "STOPPED · 1 of 2 expectations held")
	require.NotContains(t, b.String(), "<svg", "no time passed")
	r := sample()
	r.Timing.Timeline = []report.Moment{
		{WallS: 1, Step: 1, States: report.States{Off: 1200}}, {WallS: 2, Step: 2, States: report.States{Trusted: 1200}},
	}
	b.Reset()
	require.NoError(t, r.WriteHTML(&b))
	require.Contains(t, b.String(), `<title>step 2</title>`)
}

// Under each step the text shows the acts as typed, with the first lines that say something
// of what was printed; more of an act that failed.
func TestActsInTheText(t *testing.T) {
	r := sample()
	r.Limits.Boots = 10_000
	lines := strings.Repeat("a record\n\n", 13)
	r.Steps[0].Repeat = "3 times"
	r.Steps[0].Do = []report.Done{
		{Text: "phones: power on"},
		{Text: "on pub: show itl", Printed: lines, PrintedLeftOut: 7000},
		{Text: "on pub: show version", Printed: "one\ntwo\nthree\nfour\nfive"},
		{Text: "on sub: utils itl reset localkey", Printed: lines, Failed: "this is a subscriber"},
	}
	var b bytes.Buffer
	require.NoError(t, r.WriteText(&b))
	record := strings.Repeat("        a record\n", 4)
	require.Contains(t, b.String(), `
 1  phones boot
    3 times:
    phones: power on
    on pub: show itl
`+record+`        … and 9 lines more
        … and 7,000 bytes more
    on pub: show version
        one
        two
        three
        four
        five
    on sub: utils itl reset localkey
`+strings.Repeat(record, 3)+`        a record
      ✗ this is a subscriber
         0 s `)
	require.Contains(t, b.String(), "; 10,000 at a time,")
}
