package lab

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestScaled(t *testing.T) {
	groups := []Group{{Name: "a", Count: 1000}, {Name: "b", Count: 10}, {Name: "c", Count: 990}}
	counts := func(n int) (c []int) {
		all, err := scaled(groups, n)
		require.NoError(t, err)
		for _, g := range all {
			c = append(c, g.Count)
		}
		return c
	}
	require.Equal(t, []int{1, 1, 1}, counts(3))
	require.Equal(t, []int{5, 1, 4}, counts(10))
	require.Equal(t, []int{100, 1, 99}, counts(200))
	require.Equal(t, []int{10000, 100, 9900}, counts(20000))
}
