package lab

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"itlsim/phone"
)

// Whoever begins to deal somewhere goes on as whoever dealt all before; and which groups and
// models come in which order is known without dealing.
func TestDealing(t *testing.T) {
	profiles := phone.Profiles()
	rapid.Check(t, func(t *rapid.T) {
		var groups []Group
		for i, count := range rapid.SliceOfN(rapid.IntRange(1, 40), 1, 5).Draw(t, "counts") {
			from := rapid.IntRange(0, len(profiles)-1).Draw(t, "first model")
			groups = append(groups, Group{Name: fmt.Sprint(i), Count: count, Models: profiles[from:]})
		}
		total := Setup{Groups: groups}.Phones()
		first := rapid.IntRange(0, total-1).Draw(t, "first")
		whole, part := dealFrom(groups, 0), dealFrom(groups, first)
		var names, models []string
		for i := range total {
			at, k := whole.next()
			if name := groups[at].Name; !slices.Contains(names, name) {
				names = append(names, name)
			}
			if model := groups[at].profile(k).Model; !slices.Contains(models, model) {
				models = append(models, model)
			}
			require.Equal(t, i, dealtBefore(groups, at, k))
			if i >= first {
				partAt, partK := part.next()
				require.Equal(t, []int{at, k}, []int{partAt, partK})
			}
		}
		ofGroups, ofModels := census(groups)
		require.Equal(t, names, ofGroups)
		require.Equal(t, models, ofModels)
	})
}
