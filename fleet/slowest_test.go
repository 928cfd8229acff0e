package fleet

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Of many who wait those are kept that boot for longest, the first of those that are alike.
func TestSlowest(t *testing.T) {
	var all []Wait
	for i, booting := range []time.Duration{0, 3, 1, 5, 3, 0, 4} {
		all = append(all, Wait{string(rune('a' + i)), booting, "it"})
	}
	for most, want := range map[int]string{0: "", 1: "d", 3: "dgb", 5: "dgbec", 6: "dgbeca", 9: "dgbecaf"} {
		var got string
		for _, w := range Slowest(most, slices.Values(all)) {
			got += w.Phone
		}
		require.Equal(t, want, got, most)
	}
	u := Unsettled{Left: 14, Slowest: []Wait{
		{"SEP1", 12340 * time.Millisecond, "TVS 127.0.0.3:2445"}, {"SEP2", 0, "its turn"},
	}}
	require.Equal(t, "SEP1 waits for TVS 127.0.0.3:2445, 12.3s after its boot began; SEP2 waits for its turn; "+
		"12 more have something left to do", u.String())
	u.Left = 3
	require.Contains(t, u.String(), "; 1 more has something left to do")
	u.Left = 2
	require.NotContains(t, u.String(), "more")
}
