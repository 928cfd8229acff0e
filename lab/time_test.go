package lab_test

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/lab"
	"itlsim/phone"
	"itlsim/scenarios/inventory"
)

// registers has a client that is no phone of the lab register with a node.
func registers(t *testing.T, n *cucm.Node, device string) {
	conn, err := net.Dial("tcp4", n.Address(cucm.CallManagerService))
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
	fmt.Fprintf(conn, "REGISTER sip:cm SIP/2.0\r\nVia: SIP/2.0/TCP 127.0.0.1:5060;branch=z9hG4bK1\r\n"+
		"From: <sip:%[1]s@cm>;tag=1\r\nTo: <sip:%[1]s@cm>\r\nCall-ID: %[1]s@host\r\nCSeq: 1 REGISTER\r\n"+
		"Contact: <sip:%[1]s@127.0.0.1:5060>\r\nExpires: 3600\r\nContent-Length: 0\r\n\r\n", device)
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "SIP/2.0 200 ") {
			return
		}
	}
	t.Fatal("no 200")
}

// Whatever happens to the clocks, registrations hold that are kept alive: those of
// the lab's phones where they are, and those of others as far as anybody knows.
func TestClocksUnregisterNobody(t *testing.T) {
	t.Parallel()
	other := cucm.Cisco117598()
	other.Nodes[0].Name, other.Nodes[1].Name = "otherpub", "othersub"
	s := setup(4)
	s.Other = &other
	l, err := lab.Open(s, options(lab.Wire))
	require.NoError(t, err)
	defer func() { require.NoError(t, l.Close()) }()
	l.Send(phone.PowerOn{}, nil)
	require.NoError(t, l.Fleet.Settle(t.Context()))
	publisher, err := l.Node("test10pub")
	require.NoError(t, err)
	l.Cluster.AddDevice(cucm.Device{Name: "SEP00A1B2C3D4E5", Group: l.Cluster.Nodes()})
	registers(t, publisher, "SEP00A1B2C3D4E5")
	require.Equal(t, 5, l.Cluster.Registered())

	_, err = l.Type(publisher, "set date 10:00:00 01/01/40")
	require.NoError(t, err)
	require.Equal(t, 5, l.Cluster.Registered(), "a clock that is set is not time that passes")
	require.NoError(t, l.Advance(t.Context(), time.Hour))
	require.Equal(t, 5, l.Cluster.Registered(), "they would have registered again")

	// One loses its power. Another is unplugged, and comes up at the other cluster.
	first := func(n int) func(m *lab.Member) bool {
		return func(m *lab.Member) bool { return m == l.Member(n) }
	}
	l.Send(phone.PowerOff{}, func(m *lab.Member) bool { return m == l.Member(0) || m == l.Member(1) })
	require.NoError(t, l.UseTFTP([]string{"otherpub"}, first(1)))
	l.Send(phone.FactoryReset{}, first(1))
	l.Send(phone.PowerOn{}, first(1))
	require.NoError(t, l.Fleet.Settle(t.Context()))
	require.Equal(t, 5, l.Cluster.Registered(), "nobody told it")
	require.Equal(t, 1, l.Other.Registered())
	require.NoError(t, l.Advance(t.Context(), time.Hour))
	require.Equal(t, 3, l.Cluster.Registered())
	require.Equal(t, 1, l.Other.Registered())
}

// After a restart of the call managers phones register again within two minutes, which
// may be several waits.
func TestPhonesComeBackInHoweverManyWaits(t *testing.T) {
	t.Parallel()
	for _, mode := range lab.Modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			l, err := lab.Open(setup(4), options(mode))
			require.NoError(t, err)
			defer func() { require.NoError(t, l.Close()) }()
			l.Send(phone.PowerOn{}, nil)
			require.NoError(t, l.Fleet.Settle(t.Context()))
			for _, n := range l.Cluster.Nodes() {
				require.NoError(t, n.Restart(cucm.CallManagerService))
			}
			require.Zero(t, l.Cluster.Registered())
			for range 4 {
				require.NoError(t, l.Advance(t.Context(), 30*time.Second))
				require.NoError(t, l.Fleet.Settle(t.Context()))
			}
			require.Equal(t, 4, l.Cluster.Registered())
		})
	}
}

// Phones are waited for until they have finished, or the time is up: in live labs by the
// wall clock, at the lab's rate.
func TestSettleFor(t *testing.T) {
	for name, opt := range map[string]lab.Options{
		"wire": options(lab.Wire), "virtual": options(lab.Virtual), "live": options(lab.Virtual),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if name == "live" {
				opt.Live = &lab.Live{}
			}
			s := setup(4)
			s.Begins = time.Date(2027, 2, 26, 18, 0, 0, 0, time.UTC)
			l, err := lab.Open(s, opt)
			require.NoError(t, err)
			defer func() { require.NoError(t, l.Close()) }()
			if name == "live" {
				l.SetRate(20)
			}
			require.WithinDuration(t, s.Begins, l.Now(), time.Minute)
			require.WithinDuration(t, s.Begins, l.Cluster.Now(), time.Minute)
			l.Disturb(lab.Disturbance{Delay: 20 * time.Millisecond})
			l.Send(phone.PowerOn{}, nil)
			require.NoError(t, l.SettleFor(t.Context(), 10*time.Millisecond))
			require.Equal(t, 4, l.Fleet.Busy(), "they are under way yet")
			require.NoError(t, l.SettleFor(t.Context(), 24*time.Hour))
			require.Zero(t, l.Fleet.Busy())
			require.Equal(t, fleet.States{phone.Trusted: 4}, l.Fleet.States())
			require.Less(t, l.Elapsed(), time.Hour)

			canceled, cancel := context.WithCancel(t.Context())
			cancel()
			l.Send(phone.Reset{}, nil)
			require.ErrorIs(t, l.SettleFor(canceled, time.Hour), context.Canceled)
		})
	}
}

// What is in a lab before it is opened: phones by name, and their models.
func TestSetupKnowsItsPhones(t *testing.T) {
	s := setup(12)
	s.Groups = append(s.Groups, lab.Group{Name: "real", Count: 1, Devices: []inventory.Device{
		{Name: "SEP00A1B2C3D4E5", Profile: &phone.Profile{Model: "7965"}},
	}})
	s.Groups[0].Models = []*phone.Profile{{Model: "8861"}}
	for name, want := range map[string]bool{
		"SEP001BD4000000": true, "SEP001BD400000B": true, "SEP001BD4000010": false, "SEP00A1B2C3D4E5": true,
		"SEP001bd400000b": false, "SEP001BD400000B0": false, "": false,
	} {
		require.Equal(t, want, s.HasPhone(name), name)
	}
	require.Equal(t, []string{"7965", "8861"}, s.Models())
}
