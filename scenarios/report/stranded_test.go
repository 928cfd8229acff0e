package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestVerdict(t *testing.T) {
	names := func(n int) (all []string) {
		for i := range n {
			all = append(all, fmt.Sprint("SEP", i))
		}
		return all
	}
	const localKey, none = "`utils itl reset localkey` on pub and a reset of the phones", "erase the trust list at the phone"
	held := []Step{{Expectations: []Expectation{{Passed: true}, {Passed: true}}}}
	for _, c := range []struct {
		r    Report
		says string
	}{
		{Report{Phones: 5000, States: States{Trusted: 5000}}, "all 5,000 phones come through"},
		{Report{Phones: 1, States: States{None: 1}}, "the phone comes through"},
		{Report{Phones: 5000, States: States{Trusted: 4941, Untrusted: 59}, Steps: held, Stranded: []Stranded{
			{Step: 4, Cure: none, Phones: names(59)},
		}}, "4,941 of 5,000 phones come through; 59 are stranded at step 4, and `utils itl reset localkey` does not bring " +
			"them back; all 2 expectations held all the same"},
		{Report{Phones: 10, States: States{Trusted: 3, Locked: 1, Untrusted: 2, Off: 4}, Stranded: []Stranded{
			{Step: 4, Cure: localKey, Phones: names(3), Off: 1}, {Step: 2, Cure: none, Phones: names(1)},
		}}, "3 of 10 phones come through; 4 are stranded at steps 2 and 4, and `utils itl reset localkey` brings 3 of them " +
			"back; 3 are off"},
		{Report{Phones: 3, States: States{Untrusted: 3}, Stranded: []Stranded{
			{Step: 1, Cure: localKey, Phones: names(1)}, {Step: 7, Cure: localKey, Phones: names(1)},
			{Step: 5, Cure: localKey, Phones: names(1)},
		}}, "0 of 3 phones come through; 3 are stranded at 3 steps from 1 to 7, and `utils itl reset localkey` brings " +
			"them back"},
		{Report{Phones: 2, States: States{Trusted: 1, Off: 1}, Steps: []Step{{Expectations: make([]Expectation, 2)}}},
			"1 of 2 phones come through; 1 is off; 2 of 2 expectations failed"},
		{Report{Phones: 2, States: States{Trusted: 1, Untrusted: 1}, Steps: []Step{{}, {Error: "interrupted"}},
			Stranded: []Stranded{{Step: 1, Cure: none, Phones: names(1)}}},
			"the run stopped at step 2; until then 1 of 2 phones come through; 1 is stranded at step 1, and " +
				"`utils itl reset localkey` does not bring it back"},
	} {
		require.Equal(t, c.says, c.r.verdict())
	}
}

// A run that passed says how many are stranded, and lists so many entries at most; those
// that have no entry are counted.
func TestStrandedInText(t *testing.T) {
	r := Report{Phones: 100, Passed: true, States: States{Untrusted: 100}, Verdict: "a verdict", StrandedLeftOut: 5}
	for i := range maxStranded + 2 {
		r.Stranded = append(r.Stranded, Stranded{
			Step: 4, Group: "floor", Model: "8861", Cure: "reset", Reason: "strange", Phones: []string{fmt.Sprint("SEP", i)},
		})
	}
	var b strings.Builder
	require.NoError(t, r.WriteText(&b))
	require.Contains(t, b.String(), `
stranded:
         1  floor, 8861, since step 4
            SEP0
            why: strange
            cure: reset
`)
	require.Equal(t, maxStranded, strings.Count(b.String(), "cure: "))
	require.Contains(t, b.String(), "\n         7  others\n\na verdict\nPASSED  all 0 expectations held, and 17 are stranded\n")
}
