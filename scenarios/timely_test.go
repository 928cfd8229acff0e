package scenarios

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
)

// What is so within a time, and after one. In the wire mode waiting costs no time, too.
func TestWithinAndAfter(t *testing.T) {
	const scenario = `name: timely
shows: what is so when
phones:
  - {group: floor-1, count: 4, models: [8861]}
steps:
  - do: [{phones: power on}]
    expect:
      - all phones are trusted within 5 minutes
      - all phones are on within 1 minute
  - do: [{wait: 1 hour}, {on test10pub: set cert regen TVS, answers: "yes"}]
    expect:
      - all phones are untrusted within 5 minutes
      - at least half of the phones are trusted after 2 minutes
      - the TVS certificate of test10pub has changed within 1 minute
      - at least 90% of the phones are trusted after 1 minute
  - do: [{fault: TVS of test10pub is down}, {wait: 3 days}]
    expect:
      - all phones are locked within 1 minute
      - 'the application log of test10pub has "%[AppID=Cisco Certificate Monitor]" at least 5 times within 3 days'
      - all phones are trusted after 2 s
`
	for _, mode := range lab.Modes {
		r, err := Run(t.Context(), load(t, scenario), Options{Lab: lab.Options{
			Mode: mode, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024,
		}})
		require.NoError(t, err)
		var failed []string
		for _, step := range r.Steps {
			for _, e := range step.Expectations {
				if !e.Passed {
					failed = append(failed, e.Text+": "+e.Why)
				}
			}
		}
		require.Len(t, failed, 2, mode)
		require.Contains(t, failed[0], "all phones are untrusted within 5 minutes: 4 of 4 are trusted")
		require.Contains(t, failed[1], "all phones are locked within 1 minute: 4 of 4 are trusted")
		at := make([]int, len(r.Steps))
		for i, step := range r.Steps {
			at[i] = int(step.AtS)
		}
		require.InDelta(t, 0, at[0], 60)
		require.InDelta(t, 3600+300, at[1], 60, mode)
		require.InDelta(t, 3900+5*24*3600, at[2], 2*3600, mode) // the fifth alert, and not later
	}
}

// Times are judged while the phones are still under way, not when they have finished.
func TestTimesAreJudgedOnTheWay(t *testing.T) {
	s := load(t, `name: timely
shows: what is so when
phones:
  - {group: floor-1, count: 20, models: [8861]}
steps:
  - do: [{fault: the network delays datagrams by 100 ms}, {phones: power on}]
    expect:
      - all phones are trusted
      - no phones are trusted after 10 ms
      - all phones are on within 10 minutes
      - all phones are trusted within 10 minutes
      - fewer than half of the phones are trusted after 10 ms
`)
	for _, mode := range lab.Modes {
		r, err := Run(t.Context(), s, Options{Lab: lab.Options{
			Mode: mode, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024,
		}})
		require.NoError(t, err)
		for _, e := range r.Steps[0].Expectations {
			require.True(t, e.Passed, "%s: %s: %s", mode, e.Text, e.Why)
		}
		require.Less(t, r.Steps[0].AtS, 5*60.0, "it is over as soon as it is so")
	}
}

// Who plays acts of their own counts from the last one, when the phones have finished.
func TestPlayersCountFromTheLastAct(t *testing.T) {
	p := open(t, load(t, fifteenPhones))
	do(t, p, "phones: power on")
	require.NoError(t, p.Expect("all online phones are trusted within 1 minute"))
	require.ErrorContains(t, p.Expect("all online phones are trusted within 1 ms"), "since the last act")
	require.NoError(t, p.Expect("all online phones are trusted after 1 day"))
	require.ErrorContains(t, p.Expect("all online phones are trusted within 1 hour"), "it is 24h0m0s since the last act")
	do(t, p, "wait: 1 day")
	require.NoError(t, p.Expect("all online phones are trusted within 1 ms"))
}

// A step whose acts are repeated: batches, with time between them.
func TestRepeat(t *testing.T) {
	play := func(repeat string) []string {
		s := load(t, strings.Replace(fifteenPhones, "  - do: [{wait: 1 s}]\n", `
  - do: [{phones: power on}]
  - repeat: `+repeat+`
    do:
      - the next 25% of the phones of pilot: power off
      - on test10pub: utils service restart TFTP
`, 1))
		var at []string
		p := open(t, s)
		for _, step := range s.Steps {
			_, err := p.Play(t.Context(), step)
			require.NoError(t, err)
			at = append(at, p.Elapsed().Round(time.Minute).String())
		}
		return append(at, fmt.Sprint(len(off(p))))
	}
	require.Equal(t, []string{"0s", "0s", "12"}, play("4 times")) // 2 of them never had power
	require.Equal(t, []string{"0s", "30m0s", "12"}, play("4 times with 10 minutes between"))
	require.Equal(t, []string{"0s", "30m0s", "12"}, play("4 times every 10 minutes"))

	for _, r := range []Repeat{{}, {Text: "3 times", Times: 3}, {Times: 10, Between: time.Minute},
		{Times: 2, Every: time.Hour}} {
		text, err := json.Marshal(r)
		require.NoError(t, err)
		var again Repeat
		require.NoError(t, json.Unmarshal(text, &again))
		require.Equal(t, r, again, string(text))
	}
	for text, want := range map[string]string{
		"0 times":                 "acts may be done from 1 to 10000 times",
		"99999 times":             "acts may be done from 1 to 10000 times",
		"3 times evry 5 minutes":  `"evry" is not understood here (did you mean "every"?)`,
		"3 times with 5 minutes":  `the sentence is not complete: it goes on with "between"`,
		"3 times every 200 years": "200 years are more than a hundred years",
	} {
		_, err := parseRepeat(text)
		require.EqualError(t, err, want)
	}
}
