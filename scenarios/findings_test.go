package scenarios

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
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
