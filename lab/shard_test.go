package lab_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
)

// put is a phone as it is put up.
type put struct {
	name, group, model, home string
	offline                  bool
	address                  netip.Addr
}

// putUp are the phones of a shard.
func putUp(t *testing.T, s lab.Setup, phones int, shard lab.Shard) (*lab.Lab, []put) {
	l, err := lab.Open(s, lab.Options{Mode: lab.Virtual, Seed: 1, KeyBits: 1024, Phones: phones, Shard: shard})
	require.NoError(t, err)
	var all []put
	for i, v := range l.Views() {
		m := l.Member(i)
		all = append(all, put{v.Name, m.Group, m.Profile.Model, m.Home.Name(), m.Offline, v.IP})
	}
	require.NoError(t, l.Close())
	return l, all
}

// Shards are put up as parts of the whole: the same phones in the same order, of the same
// groups, which all shards know.
func TestShards(t *testing.T) {
	models := []*phone.Profile{model("8861"), model("7962")}
	devices := []inventory.Device{
		{Name: "SEPAAAAAAAAAAAA", Profile: model("7821"), Registered: true}, {Name: "SEPAAAAAAAAAAAB", Profile: models[1]},
	}
	nodes := []string{"test10pub", "test10sub"}
	for _, counts := range [][]int{{10}, {1, 30, 7}, {5, 5, 2, 9}} {
		s := lab.Setup{Cluster: cucm.Cisco117598()}
		for i, count := range counts {
			s.Groups = append(s.Groups, lab.Group{
				Name: fmt.Sprint("floor-", i), Count: count, Models: models[:1+i%2], TFTP: nodes[i%2:], Offline: float64(i) / 4,
			})
		}
		s.Groups = append(s.Groups, lab.Group{Name: "real", Count: 2, Devices: devices, TFTP: nodes})
		const of = 3
		l, whole := putUp(t, s, 0, lab.Shard{})
		require.Equal(t, s.Phones(), l.Total())
		var groups, has []string
		for i, p := range whole {
			number, ok := l.Number(p.name)
			require.True(t, ok, p.name)
			require.EqualValues(t, i, number)
			groups, has = append(groups, p.group), append(has, p.model)
			require.True(t, l.HasPhone(p.name), p.name)
		}
		require.False(t, l.HasPhone(fmt.Sprintf("SEP001BD4%06X", s.Phones())))
		require.Equal(t, unique(groups), l.GroupNames())
		require.Equal(t, unique(has), l.Models())

		var together []put
		for i := range of {
			part, phones := putUp(t, s, 0, lab.Shard{Index: i, Of: of})
			require.Equal(t, len(together), part.First())
			for i := range part.Phones() {
				require.EqualValues(t, part.First()+i, part.Member(i).Number())
			}
			i = 0
			for m := range part.All {
				require.EqualValues(t, i, m.Number())
				require.Equal(t, []any{whole[i].group, whole[i].model, whole[i].offline},
					[]any{m.Group, m.Profile.Model, m.Offline})
				i++
			}
			require.Equal(t, len(phones), part.Phones())
			together = append(together, phones...)
			require.Equal(t, len(whole), part.Total())
			require.Equal(t, l.GroupNames(), part.GroupNames())
			require.Equal(t, l.Models(), part.Models())
			for _, p := range whole {
				require.True(t, part.HasPhone(p.name), p.name)
			}
		}
		require.Equal(t, whole, together)
	}
}

func model(name string) *phone.Profile {
	p, _ := phone.ProfileOf(name)
	return p
}

// unique are words in the order in which they first come.
func unique(words []string) (first []string) {
	for _, w := range words {
		if !slices.Contains(first, w) {
			first = append(first, w)
		}
	}
	return first
}

// What there is room for is shared out: all of it, and each shard has something.
func TestShare(t *testing.T) {
	sum := 0
	for i := range 7 {
		sum += lab.Shard{Index: i, Of: 7}.Share(500)
	}
	require.Equal(t, 500, sum)
	require.Equal(t, 1, lab.Shard{Index: 0, Of: 7}.Share(3))
	require.Equal(t, 3, lab.Shard{}.Share(3))

	l, _ := putUp(t, setup(40), 0, lab.Shard{Index: 3, Of: 4})
	require.Equal(t, 2_500, l.Fleet.Limits().Boots)
}

// The last phones of ten million and of the largest fleet have names and addresses of their own,
// and are put up at once, without all before them.
func TestLastPhones(t *testing.T) {
	for phones, last := range map[int]put{
		10_000_000:    {name: "SEP001BD498967F", address: netip.MustParseAddr("127.168.150.128")},
		lab.MaxPhones: {name: "SEP001BD4E4E1BF", address: netip.MustParseAddr("127.244.225.192")},
	} {
		l, all := putUp(t, setup(2), phones, lab.Shard{Index: 999_999, Of: 1_000_000})
		require.Equal(t, phones, l.First()+l.Phones())
		got := all[len(all)-1]
		require.Equal(t, last.name, got.name)
		require.Equal(t, last.address, got.address)
	}
}

// There are indices for so many groups, and no more.
func TestTooManyGroups(t *testing.T) {
	s := setup(1)
	for i := range 65_535 {
		s.Groups = append(s.Groups, lab.Group{Name: fmt.Sprint(i), Count: 1, TFTP: s.Groups[0].TFTP})
	}
	_, err := lab.Open(s, options(lab.Virtual))
	require.EqualError(t, err, "there are 65536 groups of phones; there is room for 65535")
}
