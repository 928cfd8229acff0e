package scenarios

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/phone"
)

// A scenario whose expectations do not hold: the report names phones and why.
func TestFailedExpectations(t *testing.T) {
	s := Scenario{Name: "wishes", Shows: "what is not so", Steps: []Step{
		{
			Name: "CallManager is regenerated while the publisher's phones are off, and both TVS are",
			Do: all(send(phone.PowerOn{}), settle, send(phone.PowerOff{}), settle,
				command(publisher, "set cert regen CallManager", "yes"),
				stopTVS, send(phone.PowerOn{}), settle),
			Expect: []Expectation{
				allIn(phone.Trusted),
				allIn(phone.Untrusted),
				holdsOwnList(),
				listBy("", servedBy(0), phone.ByTVS),
				every("nobody is asked", func(*Stage, fleet.View) bool { return false }, nil),
			},
		},
		{Name: "nothing happens", Do: all(), Expect: []Expectation{recoveryRecord()}},
	}}
	r, err := Run(t.Context(), s, options(8))
	require.NoError(t, err)
	require.False(t, r.Passed)
	why := make([]string, 5)
	for i, e := range r.Steps[0].Expectations {
		require.False(t, e.Passed)
		why[i] = e.Why
	}
	require.Regexp(t, `^4 of 8 locked: .*unknown signer .*connection refused.* \(SEP001BD4000000, SEP001BD4000002, SEP001BD4000004, …\)$`, why[0])
	require.Contains(t, why[1], "4 of 8 trusted (SEP001BD4000001, SEP001BD4000003, SEP001BD4000005, …)")
	require.Equal(t, "4 of 8 hold another (SEP001BD4000000, SEP001BD4000002, SEP001BD4000004, …)", why[2])
	require.Equal(t, "4 of 4 by nothing (SEP001BD4000000, SEP001BD4000002, SEP001BD4000004, …)", why[3])
	require.Equal(t, "there is no such phone", why[4])
	require.True(t, r.Steps[1].Expectations[0].Passed)

	var text strings.Builder
	require.NoError(t, r.WriteText(&text))
	require.Contains(t, text.String(), "✗ each phone holds its own node's list\n      but 4 of 8 hold another (SEP001BD4000000,")
	require.Contains(t, text.String(), "FAILED  1 of 6 expectations held")
}

func stopTVS(_ context.Context, st *Stage) error {
	for _, n := range st.Cluster.Nodes() {
		if err := st.sockets.Stop(n, "Cisco Trust Verification Service"); err != nil {
			return err
		}
	}
	return nil
}

// Expectations about what phones hold judge those that hold nothing, too.
func TestPhonesWithoutAnything(t *testing.T) {
	b := bulkReset()
	empty := Scenario{Name: "empty", Steps: []Step{{Name: "nothing happens", Do: all()}}}
	for _, step := range b.Steps {
		empty.Steps[0].Expect = append(empty.Steps[0].Expect, step.Expect...)
	}
	r, err := Run(t.Context(), empty, options(2))
	require.NoError(t, err)
	for _, e := range r.Steps[0].Expectations {
		if strings.Contains(e.Text, "list") && e.Text != "each node serves a list of its own" {
			require.False(t, e.Passed, e.Text)
		}
	}
}

// What goes wrong in more than three ways is cut short, the commonest first.
func TestDescribe(t *testing.T) {
	require.NoError(t, describe(nil, 9))
	err := describe(map[string][]string{"a": {"1"}, "b": {"2", "3"}, "c": {"4"}, "d": {"5"}, "e": {"6"}}, 9)
	require.EqualError(t, err, "2 of 9 b (2, 3); 1 of 9 a (1); 1 of 9 c (4); and in 2 other ways")
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	opt := options(50)
	opt.Progress = func(p Progress) {
		if p.Step == 2 {
			cancel()
		}
	}
	r, err := Run(ctx, bulkReset(), opt)
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
}

func TestRunThatCannotGoOn(t *testing.T) {
	broken := errors.New("the machine room is flooded")
	r, err := Run(t.Context(), Scenario{Name: "flood", Steps: []Step{
		{Name: "it rains", Do: func(context.Context, *Stage) error { return broken }},
		{Name: "the sun shines", Do: all()},
	}}, options(2))
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "step 1, it rains")
	require.Len(t, r.Steps, 1)
	require.Equal(t, broken.Error(), r.Steps[0].Error)

	// A command that a node refuses ends it, too, with the node's words.
	regen := command(publisher, "set cert regen TVS", "yes")
	r, err = Run(t.Context(), Scenario{Steps: []Step{{Name: "in haste", Do: all(command(publisher, "set cert regen CallManager", "yes"), regen)}}}, options(2))
	require.ErrorContains(t, err, "test10pub: admin:set cert regen TVS: CallManager certificate was modified in the last 5 minutes.")
	require.NotNil(t, r)

	r, err = Run(t.Context(), bulkReset(), options(1))
	require.ErrorContains(t, err, "at least two phones")
	require.Nil(t, r)
}

func TestFind(t *testing.T) {
	s, ok := Find("bulk-reset")
	require.True(t, ok)
	require.Equal(t, 2000, s.Phones)
	require.Equal(t, []string{"bulk-reset"}, Names())
	_, ok = Find("bulk")
	require.False(t, ok)
}
