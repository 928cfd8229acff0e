package scenarios

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"itlsim/lab"

	"github.com/stretchr/testify/require"
)

// load reads a scenario that must be right.
func load(t testing.TB, text string) Scenario {
	s, err := Load("test.yaml", []byte(text), fstest.MapFS{})
	require.NoError(t, err)
	return s
}

// A scenario whose expectations do not hold: the report names phones and why.
func TestFailedExpectations(t *testing.T) {
	s := load(t, `
name: wishes
shows: what is not so
phones:
  - {group: pub, count: 4, tftp: [test10pub, test10sub]}
  - {group: sub, count: 4, tftp: [test10sub, test10pub]}
steps:
  - step: CallManager is regenerated on the publisher, and both TVS are down
    do:
      - phones: power on
      - fault: TVS of test10pub is down
      - fault: TVS of test10sub is down
      - on test10pub: set cert regen CallManager
        answers: ["yes"]
      - on test10pub: set cert regen TVS
    expect:
      - all phones are trusted
      - no phones are locked
      - all phones hold their own node's list
      - all phones of pub took their list by TVS
      - 3 phones are trusted
      - at least 75% of the phones are trusted
      - all phones with firmware older than 8.0 are trusted
      - half of the phones are locked
      - at most 4 phones are locked
  - step: nothing happens
    expect:
      - all phones hold one ITLRECOVERY record, that of test10pub
`)
	r, err := Run(t.Context(), s, options(8))
	require.NoError(t, err)
	require.False(t, r.Passed)
	got := r.Steps[0].Expectations
	why := make([]string, len(got))
	for i, e := range got {
		require.Equal(t, i >= 8, e.Passed, "%s: %s", e.Text, e.Why)
		why[i] = e.Why
	}
	require.Equal(t, "on test10pub: set cert regen TVS is done", got[0].Text)
	require.Contains(t, why[0], "CallManager certificate was modified in the last 5 minutes.")
	require.Regexp(t, `^4 of 8 are locked: .*unknown signer .*TVS of test10pub.*connection refused.* `+
		`\(SEP001BD4000000, SEP001BD4000002, SEP001BD4000004, …\)$`, why[1])
	require.Equal(t, "4 of 8 are locked (SEP001BD4000000, SEP001BD4000002, SEP001BD4000004, …)", why[2])
	require.Contains(t, why[3], "4 of 8 hold one that no node serves, signed by CN=test10pub")
	require.Contains(t, why[4], "4 of 4 took none (SEP")
	require.Equal(t, "4 of 8 are trusted (SEP001BD4000001, SEP001BD4000003, SEP001BD4000005, …)", why[5])
	require.Contains(t, why[6], "4 of 8 are trusted; of the others, 4 of 8 are locked")
	require.Equal(t, "there is no such phone", why[7])
	require.True(t, r.Steps[1].Expectations[0].Passed)

	var text strings.Builder
	require.NoError(t, r.WriteText(&text))
	require.Contains(t, text.String(), "✗ all phones hold their own node's list\n      but 4 of 8 hold one")
	require.Contains(t, text.String(), "FAILED  3 of 11 expectations held")
}

// Every expectation of the catalogue that is about what phones hold or are
// fails where they never booted, so that none holds for nothing.
func TestPhonesWithoutAnything(t *testing.T) {
	empty := builtinNamed(t, "bulk-reset")
	steps := empty.Steps
	empty.Steps = []Step{{Name: "nothing happens"}}
	for _, step := range steps {
		empty.Steps[0].Expect = append(empty.Steps[0].Expect, step.Expect...)
	}
	r, err := Run(t.Context(), empty, options(2))
	require.NoError(t, err)
	for _, e := range r.Steps[0].Expectations {
		if strings.HasPrefix(e.Text, "all phones") {
			require.False(t, e.Passed, e.Text)
		}
	}
}

// What goes wrong in more than three ways is cut short, the commonest first.
func TestDescribe(t *testing.T) {
	wrong := Finding{Checked: 9, Others: make(Kinds)}
	for i, is := range []string{"a", "b", "b", "c", "d", "e"} {
		wrong.Others.add(is, strconv.Itoa(i+1))
	}
	require.Equal(t, "2 of 9 b (2, 3); 1 of 9 a (1); 1 of 9 c (4); and in 2 other ways", wrong.describe())
	for i := range 4 {
		wrong.Others.add("c", strconv.Itoa(i+7))
	}
	require.Contains(t, wrong.describe(), "5 of 9 c (4, 7, 8, …); ")
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	opt := options(50)
	opt.Progress = func(p Progress) {
		if p.Step == 2 {
			cancel()
		}
	}
	r, err := Run(ctx, builtinNamed(t, "bulk-reset"), opt)
	require.ErrorIs(t, err, context.Canceled)
	require.False(t, r.Passed)
	require.Len(t, r.Steps, 2)
	require.Equal(t, "interrupted", r.Steps[1].Error)
	require.NotEmpty(t, r.Steps[0].Expectations)
	require.Empty(t, r.Steps[1].Expectations)
	require.Equal(t, r.States, r.Steps[1].States)
	require.GreaterOrEqual(t, r.Counts.Boots, uint64(50))
	var text strings.Builder
	require.NoError(t, r.WriteText(&text))
	require.Contains(t, text.String(), "STOPPED  6 of 6 expectations held until then")
	var xml strings.Builder
	require.NoError(t, r.WriteJUnit(&xml))
	require.Contains(t, xml.String(), `<error message="interrupted">`)
}

// What no file can say is written in Go; what breaks there ends the run.
func TestRunThatCannotGoOn(t *testing.T) {
	broken := errors.New("the machine room is flooded")
	s := builtinNamed(t, "follow-by-tvs")
	s.Steps = []Step{
		{Name: "it rains", Do: []Act{{
			Text: "rain", Verb: InGo, Func: func(context.Context, *Player) error { return broken },
		}}},
		{Name: "the sun shines"},
	}
	r, err := Run(t.Context(), s, options(2))
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "step 1, it rains: rain: the machine room")
	require.Len(t, r.Steps, 1)
	require.Equal(t, "rain: "+broken.Error(), r.Steps[0].Error)

	r, err = Run(t.Context(), s, options(1))
	require.ErrorIs(t, err, lab.ErrTooFew)
	require.Nil(t, r)
}
