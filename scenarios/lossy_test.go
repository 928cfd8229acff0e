package scenarios

import (
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm/testkeys"
	"itlsim/lab"
)

// A failed expectation says where the network may be to blame, and how many phones show
// that they waited in vain. Nothing of it is said where nothing is lost, or everything.
func TestLossIsNamed(t *testing.T) {
	s, ok := Find("bulk-reset")
	require.True(t, ok)
	p, err := Open(s, lab.Options{
		Mode: lab.Virtual, Phones: 200, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024,
	})
	require.NoError(t, err)
	defer p.Close()
	do := func(text string) {
		act, err := p.ParseAct(text)
		require.NoError(t, err)
		require.NoError(t, p.Do(t.Context(), act))
	}
	do("fault: the network loses 60% of all datagrams")
	do("phones: power on")
	require.ErrorContains(t, p.Expect("all phones are trusted"),
		"; the network loses 60% of all datagrams, which may be why: so many of these phones gave up waiting for an answer: ")
	require.ErrorContains(t, p.Expect("all phones sent 77 alarms"),
		"; the network loses 60% of all datagrams, which may be why")
	do("fault: the network is sound again")
	do("fault: the network of publisher-phones loses 2.5% of all datagrams")
	require.ErrorContains(t, p.Expect("all phones sent 77 alarms"),
		"; the network of publisher-phones loses 2.5% of all datagrams, which may be why")
	require.NotContains(t, p.Expect("all phones of subscriber-phones sent 77 alarms").Error(), "datagrams")
	do("fault: the network of publisher-phones loses 100% of all datagrams")
	require.NotContains(t, p.Expect("all phones sent 77 alarms").Error(), "datagrams")
}
