package inventory_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/itl"
	"itlsim/scenarios/inventory"
	"itlsim/scenarios/language"
)

type clock struct{}

func (clock) Now() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// cluster is one with keys of its own.
func cluster(t *testing.T, keys cucm.KeySource) *cucm.Cluster {
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Keys, cfg.KeyBits = clock{}, keys, 1024
	c, err := cucm.New(cfg)
	require.NoError(t, err)
	return c
}

// An export may have its columns in any order, and says what is wrong in it.
func TestDevices(t *testing.T) {
	list := cluster(t, testkeys.NewPool(1)).Publisher().ITL()
	lists := make(inventory.Lists)
	lists.Add(list)
	read := func(data string) ([]inventory.Device, language.Problems) {
		e := inventory.Export{
			File: "a.csv", Data: []byte(data), Nodes: []string{"test10pub"}, Lists: lists, Most: 2,
		}
		return e.Devices()
	}
	devices, problems := read("model,NAME,firmware,registered\nCisco 8861, SEP001122334455,11.0(1),none\n")
	require.Empty(t, problems)
	require.Len(t, devices, 1)
	require.Equal(t, "SEP001122334455", devices[0].Name)
	require.Equal(t, "8861 11.0(1)", devices[0].Profile.String())
	require.False(t, devices[0].Registered)
	require.False(t, devices[0].ListKnown)

	sum := fmt.Sprintf("%X", list.SHA1())
	devices, problems = read("name,model,itl\nSEP001122334455,CP-7962," + sum + "\nSEP001122334456,7962," +
		"0000000000000000000000000000000000000000\n")
	require.Empty(t, problems)
	require.Equal(t, list, devices[0].List)
	require.True(t, devices[1].ListKnown)
	require.Nil(t, devices[1].List)

	for _, c := range [][2]string{
		{"", "a.csv:1:1: there is no header; the columns are name, model, firmware, tftp, itl, registered"},
		{"name\n", `a.csv:1:1: there is no column "model"`},
		{"name,model\nSEP001122334455,8861,more\n", "a.csv:2:1: wrong number of fields"},
		{"name,model,registered\nSEP001122334455,8861,perhaps\n", `a.csv:2:22: "perhaps" is neither yes nor no`},
		{"name,model\nSEP1,1\nSEP2,2\nSEP3,3\n", "there is room for 2 phones"},
		{"name,model,tftp\nSEP001122334455,8861,nobody\n", `a.csv:2:22: "nobody" is not a node of the cluster`},
		{"name,model\nSEP001122334455,8861\nSEP001122334455,8861\n",
			`a.csv:3:1: "SEP001122334455" is no SEP<MAC>, or stands there twice`},
	} {
		data, want := c[0], c[1]
		_, problems := read(data)
		require.ErrorContains(t, problems, want)
		require.ErrorIs(t, problems, language.ErrInvalid)
	}
}

// The counterpart of a real list has records of the simulated nodes where the
// real ones show them today, and of stand-ins where they do not.
func TestCounterparts(t *testing.T) {
	realCluster := cluster(t, testkeys.NewPool(1))
	publisher := realCluster.Publisher()
	lastYear := publisher.ITL()
	require.NoError(t, publisher.Regenerate(cucm.CallManager))
	today := publisher.ITL()

	simulated := cluster(t, testkeys.NewPool(2))
	home := simulated.Publisher()
	c := inventory.NewCounterparts(inventory.Site{
		Cluster: simulated, Nodes: map[string]*cucm.Node{"test10pub": home, "test10sub": simulated.Nodes()[1]},
		Served: map[string]*itl.List{"test10pub": today}, Seed: 3, Clock: clock{},
	})
	held := func(d inventory.Device) *itl.List {
		list, err := c.Held(&d, home)
		require.NoError(t, err)
		return list
	}
	ours := func(l *itl.List) (n int) {
		for _, r := range l.Records {
			if _, ok := home.ITL().Find(r.Identity, r.Role); ok {
				n++
			}
		}
		return n
	}
	require.Equal(t, home.ITL(), held(inventory.Device{Registered: true}), "it reported none, and is served")
	require.Equal(t, home.ITL(), held(inventory.Device{List: today, ListKnown: true}))
	old := held(inventory.Device{List: lastYear, ListKnown: true})
	require.Len(t, old.Records, len(lastYear.Records))
	require.Less(t, ours(old), len(old.Records), "CallManager has another key by now")
	require.Positive(t, ours(old), "the others have the same")
	require.Same(t, old, held(inventory.Device{List: lastYear, ListKnown: true}), "phones share it")
	require.Zero(t, ours(held(inventory.Device{ListKnown: true})), "nothing is known of the list")
}

// Devices are thinned evenly.
func TestThinned(t *testing.T) {
	all := []inventory.Device{{Name: "a"}, {Name: "b"}, {Name: "c"}, {Name: "d"}}
	require.Equal(t, []inventory.Device{{Name: "a"}, {Name: "c"}}, inventory.Thinned(all, 2))
	require.Nil(t, inventory.Thinned(nil, 2))
}
