package scenarios

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/fleet"
	"itlsim/scenarios/language"
	"itlsim/scenarios/report"
)

// Of hundreds of kinds a finding keeps those of most phones, and is small; what is said of
// them is the same, however they came together.
func TestFindingsAreSmall(t *testing.T) {
	find := func(from, to int) Finding {
		f := Finding{Others: make(Kinds)}
		for i := from; i < to; i++ {
			f.Checked++
			f.Others.add(fmt.Sprintf("sent %d", min(i, 997)), fmt.Sprint("SEP", i))
		}
		f.keep(maxKinds)
		return f
	}
	whole, half := find(0, 1000), find(0, 500)
	require.Len(t, whole.Others, maxKinds)
	require.NoError(t, half.Plus(find(500, 1000)))
	const says = "3 of 1,000 sent 997 (SEP997, SEP998, SEP999); 1 of 1,000 sent 0 (SEP0); 1 of 1,000 sent 1 (SEP1); " +
		"and in more than 61 other ways"
	for range 2 {
		require.Equal(t, says, whole.describe())
		require.Equal(t, says, half.describe())
	}
	text, err := json.Marshal(whole)
	require.NoError(t, err)
	require.Less(t, len(text), 64*64)
	var read Finding
	require.NoError(t, json.Unmarshal(text, &read))
	require.Equal(t, whole, read)
}

// Copies of a cluster say the same.
func TestFindingsOfOneCluster(t *testing.T) {
	f := Finding{Said: "it has it"}
	require.NoError(t, f.Plus(f))
	require.EqualError(t, f.Plus(Finding{}), `one says "it has it", the other ""`)
}

// That a reset reaches phones is told where it does so nowhere.
func TestAResetThatReachesNobodyAnywhere(t *testing.T) {
	here := Looked{Text: "reset phones reaches phones", Of: aReset, Found: Finding{Share: Share{Count: 3}}}
	nobody := Looked{Text: here.Text, Of: aReset}
	sum := nobody
	require.NoError(t, sum.Plus(nobody))
	e, tell := sum.judged(5)
	require.True(t, tell)
	require.Contains(t, e.Why, "none is registered with the cluster then")
	require.NoError(t, sum.Plus(here))
	_, tell = sum.judged(5)
	require.False(t, tell)
	require.ErrorContains(t, sum.Plus(Looked{Text: "reset"}), `reaches phones", the other for "reset"`)
}

// What was found elsewhere is judged by the sentence alone.
func TestJudgedElsewhere(t *testing.T) {
	words := language.Vocabulary{Nodes: []string{"test10pub"}, Groups: []string{"floor-1"}}
	judge := func(sentence string, f Finding, phones int) string {
		text, err := json.Marshal(Looked{Text: sentence, Found: f})
		require.NoError(t, err)
		var l Looked
		require.NoError(t, json.Unmarshal(text, &l))
		e, tell, err := l.Judge(words, phones)
		require.NoError(t, err)
		require.True(t, tell)
		require.Equal(t, e.Why == "", e.Passed)
		return e.Why
	}
	four := Finding{Checked: 4, Holds: Sample{3, []string{"A", "B", "C"}}, Others: Kinds{"are locked": {1, []string{"D"}}}}
	const soon = "all phones of floor-1 are trusted within 5 minutes"
	require.Equal(t, "1 of 4 are locked (D)", judge(soon, four, 4))
	require.Equal(t, "4 phones were looked at, of 3", judge("all phones are trusted", four, 3))
	four.Unsettled = fleet.Unsettled{Left: 1, Slowest: []fleet.Wait{{Phone: "D", For: "its turn"}}}
	require.Equal(t, "1 of 4 are locked (D); D waits for its turn", judge(soon, four, 4))
	require.Empty(t, judge("at least 75% of the phones are trusted", four, 4))
	require.Contains(t, judge("the cluster knows by DeviceTLInfo which list each phone holds", four, 5),
		"4 phones were looked at, of 5")
	require.Equal(t, "7 of 9 transfers failed", judge("less than 50% of transfers failed", Finding{Share: Share{7, 9}}, 4))
	require.Equal(t, "it has it", judge("the list of test10pub lacks the record CN=a", Finding{Said: "it has it"}, 4))
	require.Empty(t, judge("the list of test10pub lacks the record CN=a", Finding{}, 4))
	_, _, err := (&Looked{Text: "all phones of floor-2 are trusted"}).Judge(words, 4)
	require.ErrorIs(t, err, language.ErrInvalid)
}

// Within a time it is enough that it was so for all phones at one moment.
func TestWithinATimeTheFirstMomentCounts(t *testing.T) {
	moment := func(holds, locked int) Finding {
		f := Finding{Checked: 2, Holds: Sample{N: holds}, Share: Share{1, 2}, Own: Share{1, 5}}
		if locked > 0 {
			f.Others = Kinds{"are locked": {locked, []string{"SEP1"}}}
		}
		return f
	}
	add := func(parts ...Looked) report.Expectation {
		var sum Looked
		for range 2 { // adding changes no part
			sum = parts[0]
			for _, p := range parts[1:] {
				require.NoError(t, sum.Plus(p))
			}
		}
		e, tell, err := sum.Judge(language.Vocabulary{}, 2*len(parts))
		require.NoError(t, err)
		require.True(t, tell)
		return e
	}
	looked := func(moments ...Finding) Looked {
		last := len(moments) - 1
		return Looked{Text: "all phones are trusted within 2 minutes", Before: moments[:last], Found: moments[last]}
	}
	one := looked(moment(1, 1), moment(2, 0), moment(2, 0), moment(1, 1))
	require.True(t, add(one, looked(moment(2, 0), moment(1, 1), moment(2, 0), moment(1, 1))).Passed)
	e := add(one, looked(moment(2, 0), moment(1, 1), moment(1, 1), moment(2, 0)))
	require.Equal(t, "1 of 4 are locked (SEP1)", e.Why, "never for all at one moment; it is told how it was at the end")
	require.ErrorContains(t, one.Plus(looked(moment(2, 0))), "looked at 4 times, and 1")
}
