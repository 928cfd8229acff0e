package lab

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet"
)

// alone is a crew of nobody.
type alone struct{}

func (alone) Settle(context.Context, time.Duration) error { return nil }
func (alone) KeepAlives(context.Context, time.Duration) (func(uint32) string, error) {
	return func(uint32) string { return "" }, nil
}

// followed is a lab whose phones others have: some hold the present list, some an old one of
// their own, some nothing, and some have certificates.
func followed(t testing.TB) (*Lab, Setup) {
	s := Setup{Cluster: cucm.Cisco117598(), Groups: []Group{
		{Name: "present", Count: 4, TFTP: []string{"test10pub"}, Holds: PresentITL},
		{Name: "old", Count: 4, TFTP: []string{"test10sub"}, Holds: OldITL},
		{Name: "secure", Count: 2, TFTP: []string{"test10sub", "test10pub"}, Security: cnf.Encrypted},
	}}
	l, err := Open(s, Options{Keys: testkeys.NewPool(1), KeyBits: 1024, Crew: alone{}})
	require.NoError(t, err)
	t.Cleanup(func() { l.Close() })
	return l, s
}

// A lab that follows another one has its phones with what that one's clusters gave them, and no
// key of these.
func TestFollow(t *testing.T) {
	l, s := followed(t)
	require.Zero(t, l.Phones())
	require.Equal(t, 10, l.Total())
	want := make(map[string]int) // phones by list
	for _, list := range l.given.held {
		if list != nil {
			want[string(list.Bytes())]++
		}
	}
	got, seen := make(map[string]int), 0
	all, err := l.Give(3)
	require.NoError(t, err)
	for i, given := range all {
		of := Shard{Index: i, Of: 3}
		data, err := json.Marshal(given)
		require.NoError(t, err)
		crossed := new(Given)
		require.NoError(t, json.Unmarshal(data, crossed))
		f, err := Open(s, Options{Shard: of, Follows: crossed, KeyBits: 1024})
		require.NoError(t, err)
		defer f.Close()
		require.WithinRange(t, f.Now(), given.Now, given.Now.Add(time.Hour))
		f.Each(fleet.Basics, func(_ int, m *Member, v *fleet.View) {
			seen++
			require.Equal(t, m.Group == "secure", v.Flash.LSC != nil, v.Name)
			if lsc := v.Flash.LSC; lsc != nil {
				require.True(t, l.Cluster.IssuedLSC(lsc.Certificate))
				require.Equal(t, l.ownKey, lsc.Key)
			}
			if list := v.Flash.Lists.ITL; list != nil {
				got[string(list.Bytes())]++
				require.NotNil(t, v.Flash.Config, "of its own node")
			}
		})
		for _, n := range f.Nodes() {
			for unit, cert := range n.Certificates() {
				require.Nil(t, cert.Key, "%s of %s", unit, n.Name())
			}
		}
		known, err := l.PhonesKnown(of)
		require.NoError(t, err)
		require.NoError(t, f.LearnPhones(known))
		require.NoError(t, l.Cluster.Publisher().Regenerate(cucm.CallManager))
		sight, err := l.Sight()
		require.NoError(t, err)
		require.NoError(t, f.Learn(sight))
		require.Equal(t, l.Cluster.Publisher().ITL().SHA1(), f.Cluster.Publisher().ITL().SHA1())
		require.Error(t, l.Learn(sight), "it follows none")
	}
	require.Equal(t, 10, seen)
	require.Equal(t, want, got)
}

// What crosses is refused, or gives each phone what it says.
func FuzzGiven(f *testing.F) {
	l, _ := followed(f)
	all, err := l.Give(2)
	require.NoError(f, err)
	given := all[1]
	given.Sight = Sight{}
	good, err := json.Marshal(given)
	require.NoError(f, err)
	f.Add(good)
	f.Add([]byte(`{"lists":["AA=="],"held":"Ag==","lscs":{"key":"AA==","of":{"SEP1":"AA=="}}}`))
	group := &Group{}
	f.Fuzz(func(t *testing.T, data []byte) {
		var g Given
		if json.Unmarshal(data, &g) != nil {
			return
		}
		l := &Lab{}
		e, err := l.endowed(&g)
		if err != nil {
			return
		}
		for range len(g.Held) + 1 {
			if list, err := e.list(group, 0, nil); err == nil && list != nil {
				list.SHA1()
			}
		}
		for device := range g.LSCs.Of {
			lsc, err := e.lsc(device, nil)
			require.NoError(t, err)
			require.Equal(t, l.ownKey, lsc.Key)
		}
	})
}
