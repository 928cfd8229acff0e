package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is said of trust counts no phones that know no ITL; where it is about such
// phones alone, it cannot be so.
func TestSentencesAboutPhonesThatKnowNoITL(t *testing.T) {
	p := open(t, load(t, `
name: none
shows: phones that know no ITL
phones:
  - {group: new, count: 2, models: [8861], holds: the present list}
  - {group: old, count: 2, models: [7960], holds: the present list}
steps: [{step: none}]
`))
	do(t, p, "phones: power on")
	for _, holds := range []string{
		"all phones are trusted", "100% of the phones are trusted", "2 phones are trusted", "no phones are locked",
		"all phones hold their own node's list", "all phones kept their list",
		"all phones would come back by utils itl reset",
		"all phones of old have no trust list", "2 phones have no trust list", "no phones of old are trusted",
		"all phones refused nothing", "the cluster knows by DeviceTLInfo which list each phone holds",
	} {
		require.NoError(t, p.Expect(holds))
	}
	for _, not := range []string{
		"all phones of old are trusted", "at least 50% of the phones of old are trusted",
		"all phones of old hold their own node's list",
	} {
		err := p.Expect(not)
		require.ErrorIs(t, err, ErrNotSo)
		require.ErrorContains(t, err, "there is no such phone that knows an ITL")
	}
	require.ErrorContains(t, p.Expect("all phones have no trust list"), "2 of 4 are trusted")
}
