package lab_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"itlsim/cucm"
	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func setup(phones int) lab.Setup {
	return lab.Setup{
		Cluster: cucm.Cisco117598(),
		Groups:  []lab.Group{{Name: "floor-1", Count: phones, TFTP: []string{"test10pub", "test10sub"}}},
	}
}

func options(mode string) lab.Options {
	return lab.Options{Mode: mode, Seed: 1, Keys: testkeys.NewPool(1), KeyBits: 1024}
}

// A cluster of two nodes and three phones, on a simulated network.
func ExampleOpen() {
	l, err := lab.Open(lab.Setup{
		Cluster: cucm.Cisco117598(),
		Groups:  []lab.Group{{Name: "floor-1", Count: 3, TFTP: []string{"test10pub", "test10sub"}}},
	}, lab.Options{Mode: lab.Virtual, Seed: 7, KeyBits: 1024})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer l.Close()
	l.Send(phone.PowerOn{}, nil)
	if err := l.Fleet.Settle(context.Background()); err != nil {
		fmt.Println(err)
	}
	for _, v := range l.Views() {
		fmt.Println(v.Name, v.Profile.Model, v.State)
	}
	publisher, _ := l.Node("test10pub")
	printed, err := l.Type(publisher, "show version active")
	fmt.Println(strings.Contains(printed, "10.0.1"), err)
	// Output:
	// SEP001BD4000000 8861 trusted
	// SEP001BD4000001 7821 trusted
	// SEP001BD4000002 9971 trusted
	// true <nil>
}

// In both worlds phones boot, go where they are sent, and time passes.
func TestLab(t *testing.T) {
	for _, mode := range lab.Modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			l, err := lab.Open(setup(4), options(mode))
			require.NoError(t, err)
			defer func() { require.NoError(t, l.Close()) }()
			require.Equal(t, []string{"test10pub", "test10sub"}, l.NodeNames())
			require.Equal(t, []string{"floor-1"}, l.GroupNames())

			l.Send(phone.PowerOn{}, func(m *lab.Member) bool { return m.Profile.Model == "8861" })
			require.NoError(t, l.Fleet.Settle(t.Context()))
			require.Equal(t, fleet.States{fleet.Off: 3, phone.Trusted: 1}, l.Fleet.States())

			sub, err := l.Node("test10sub")
			require.NoError(t, err)
			require.Equal(t, l.Cluster, l.ClusterOf(sub))
			require.NoError(t, l.UseTFTP([]string{"test10sub"}, nil))
			l.Send(phone.FactoryReset{}, nil)
			require.NoError(t, l.Fleet.Settle(t.Context()))
			l.Each(fleet.Whole, func(i int, m *lab.Member, v *fleet.View) {
				require.Equal(t, sub, m.Home)
				require.Equal(t, l.Member(i), m)
			})
			l.Send(phone.PowerOn{}, nil)
			require.NoError(t, l.Fleet.Settle(t.Context()))
			for _, v := range l.Views() {
				require.Equal(t, sub.ITL().SHA1(), v.Flash.Lists.ITL.SHA1())
			}

			began := l.Now()
			require.NoError(t, l.Advance(t.Context(), time.Hour))
			require.GreaterOrEqual(t, l.Now().Sub(began), time.Hour)
			require.GreaterOrEqual(t, l.Elapsed(), time.Hour)
			require.ErrorContains(t, l.UseTFTP([]string{"nobody"}, nil), "no node nobody")
		})
	}
}

// Any network can be disturbed, and healed.
func TestDisturb(t *testing.T) {
	bad := lab.Disturbance{Loss: 1}
	for _, mode := range lab.Modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			opt := options(mode)
			opt.Pace = 50 // time-outs of 10 and 200 ms
			l, err := lab.Open(setup(3), opt)
			require.NoError(t, err)
			l.Disturb(bad)
			require.Equal(t, bad, l.Disturbance())
			l.Send(phone.PowerOn{}, nil)
			require.NoError(t, l.Fleet.Settle(t.Context()))
			require.Equal(t, fleet.States{phone.None: 3}, l.Fleet.States())
			require.Zero(t, l.Traffic(), "nothing reaches a server")
			l.Disturb(lab.Disturbance{})
			l.Send(phone.PowerOff{}, nil)
			l.Send(phone.PowerOn{}, nil)
			require.NoError(t, l.Fleet.Settle(t.Context()))
			require.Equal(t, fleet.States{phone.Trusted: 3}, l.Fleet.States())
			require.NoError(t, l.Close())
		})
	}
}

// What cannot be put up is said, and nothing is left running.
func TestOpenFails(t *testing.T) {
	_, err := lab.Open(lab.Setup{}, options(lab.Virtual))
	require.Error(t, err)
	opt := options(lab.Wire)
	s := setup(2)
	s.Groups = append(s.Groups, lab.Group{Name: "floor-2", Count: 2, TFTP: []string{"nobody"}})
	_, err = lab.Open(s, opt)
	require.ErrorContains(t, err, "no node nobody")
	s = setup(2)
	s.Groups[0].TFTP = nil
	_, err = lab.Open(s, opt)
	require.ErrorContains(t, err, "phones need a node with TFTP")
	s = setup(2)
	s.Cluster.Nodes[1].TFTP = false
	_, err = lab.Open(s, opt)
	require.ErrorContains(t, err, "test10sub has no TFTP")
	s = setup(1)
	s.Groups = append(s.Groups, lab.Group{Name: "floor-2", Count: 1, TFTP: []string{"test10sub"}})
	opt.Phones = 1
	_, err = lab.Open(s, opt)
	require.ErrorIs(t, err, lab.ErrTooFew)
}
