package wire

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/internal/tcp"
	"itlsim/phone"
)

// A machine is a fleet at one address.
type machine struct {
	*Fleet
	t testing.TB
}

// machine puts up so many phones at an address. The second half of them share a number.
func (l *lab) machine(at string, first, phones int, change func(*Config)) machine {
	cfg := Config{Clock: l.clock, Limits: patient, At: netip.MustParseAddr(at), Network: &network.Network{}}
	if change != nil {
		change(&cfg)
	}
	f, err := New(cfg)
	require.NoError(l.t, err)
	l.t.Cleanup(f.Close)
	library := &phone.Library{}
	for i := range phones {
		name := fmt.Sprintf("SEP0011AABB%04X", first+i)
		l.cluster.AddDevice(cucm.Device{Name: name, Model: "8861", Group: l.cluster.Nodes()})
		number := ""
		if i >= phones/2 {
			number = "2000"
		}
		f.Add(phone.New(phone.Setup{
			Name: name, Number: number, IP: cfg.At, Profile: phone.Profiles()[0], Library: library,
			Servers: []string{l.pub.Address(cucm.TFTPService)},
		}))
	}
	return machine{f, l.t}
}

// does sends an event, and waits for what follows.
func (m machine) does(ev phone.Event) {
	m.Send(ev, nil)
	require.NoError(m.t, m.Settle(m.t.Context()))
}

// boots are how often each phone has booted.
func (m machine) boots() (n []uint32) {
	for _, s := range m.all() {
		n = append(n, s.phone.Boots())
	}
	return n
}

// Two machines with one address each have 150 phones each: the cluster tells them apart, its
// resets reach every phone once, alarms and keep-alives come from each.
func TestTwoMachines(t *testing.T) {
	t.Parallel()
	const phones = 150
	l := newLab(t, 2, patient)
	both := []machine{l.machine("127.18.0.1", 0, phones, nil), l.machine("127.18.0.2", phones, phones, nil)}
	for _, m := range both {
		m.does(phone.PowerOn{})
		require.Equal(t, fleet.States{phone.Trusted: phones}, m.States())
		require.EqualValues(t, phones, m.Tally().Alarms.Load())
	}
	require.Equal(t, 2*phones, l.cluster.Registered())
	require.Len(t, l.cluster.ITLStatuses()[cucm.ITLMatch], 2*phones)
	at := map[netip.AddrPort]int{}
	for _, w := range l.cluster.Registrations() {
		at[w.At]++
	}
	require.Equal(t, map[netip.AddrPort]int{
		netip.AddrPortFrom(both[0].config.At, both[0].sip.Addr().Port()): phones,
		netip.AddrPortFrom(both[1].config.At, both[1].sip.Addr().Port()): phones,
	}, at)

	before := [][]uint32{both[0].boots(), both[1].boots()}
	l.cluster.ResetPhones()
	for i, m := range both {
		require.NoError(t, m.Settle(t.Context()))
		for j, n := range m.boots() {
			require.Equal(t, before[i][j]+1, n, "phone %d of machine %d", j, i)
		}
		require.Equal(t, fleet.States{phone.Trusted: phones}, m.States())
	}
	require.Equal(t, 2*phones, l.cluster.Registered())

	for _, m := range both {
		registrations := m.Tally().Registrations.Load()
		m.Pass(fleet.RenewAfter + time.Second)
		require.NoError(t, m.Settle(t.Context()))
		require.EqualValues(t, registrations+phones, m.Tally().Registrations.Load())
	}

	// Of phones without power nobody answers, as where each has its own address.
	both[0].does(phone.PowerOff{})
	l.cluster.ResetPhones()
	require.NoError(t, both[1].Settle(t.Context()))
	require.Equal(t, phones, l.cluster.Registered())
	require.Contains(t, l.reasons(), fmt.Sprint(int(cucm.ConnectivityError)))
}

// A machine's pages are below its phones' names, and so are their links.
func TestPagesOfAMachine(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1, patient)
	settings := l.cluster.Settings()
	settings.WebAccess = true
	require.NoError(t, l.cluster.Configure(settings))
	m := l.machine("127.18.0.3", 0, 2, nil)
	m.does(phone.PowerOn{})
	get := func(path string) string {
		answer, err := http.Get(fmt.Sprintf("http://127.18.0.3:%d%s", m.WebPort(), path))
		if err != nil {
			return ""
		}
		defer answer.Body.Close()
		data, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return string(data)
	}
	for _, v := range m.Phones() {
		home := get("/" + v.Name + "/")
		require.Contains(t, home, v.Name)
		links := strings.Split(home, `"/`)[1:]
		require.NotEmpty(t, links)
		for _, link := range links {
			link, _, _ = strings.Cut(link, `"`)
			require.True(t, strings.HasPrefix(link, v.Name+"/"), link)
		}
		require.Contains(t, get("/"+v.Name+"/DeviceInformationX"), "<HostName>"+v.Name+"</HostName>")
		logs := get("/" + v.Name + "/CGI/Java/Serviceability?adapter=device.statistics.consolelog")
		require.Contains(t, logs, `"/`+v.Name+`/FS/messages"`)
		require.NotEmpty(t, get("/"+v.Name+"/FS/messages"))
	}
	require.Empty(t, get("/"), "there is no phone of no name")
	require.Empty(t, get("/SEP001122334455/"))
}

// What a bad network does to phones' own connections it does to resets, too, where they come to
// a machine's one address.
func TestBadNetworkBeforeAMachine(t *testing.T) {
	t.Parallel()
	l := newLab(t, 1, patient)
	net := &network.Network{}
	m := l.machine("127.18.0.4", 0, 1, func(c *Config) { c.Network = net })
	m.does(phone.PowerOn{})
	const late = 300 * time.Millisecond
	net.Disturb(network.Condition{All: network.Disturbance{Delay: late}})
	began, boots := time.Now(), m.boots()[0]
	l.cluster.ResetPhones()
	require.GreaterOrEqual(t, time.Since(began), 2*late, "there, and the answer back")
	net.Disturb(network.Condition{})
	require.NoError(t, m.Settle(t.Context()))
	require.Equal(t, boots+1, m.boots()[0])

	m.config.Limits.SIPTimeout = silence / 4
	net.Disturb(network.Condition{All: network.Disturbance{Loss: 1}})
	l.cluster.ResetPhones()
	require.NoError(t, m.Settle(t.Context()))
	require.Equal(t, boots+1, m.boots()[0], "nothing arrives")
	require.Zero(t, l.cluster.Registered())
}

// A machine sends to its targets alone, whatever servers its phones are told of, and lets nobody
// else come to them.
func TestTargets(t *testing.T) {
	t.Parallel()
	l := newLab(t, 2, patient) // the second node's address is none of the targets
	pub, _, err := net.SplitHostPort(l.pub.Address(cucm.TFTPService))
	require.NoError(t, err)
	m := l.machine("127.18.0.5", 0, 3, func(c *Config) {
		c.Network = &network.Network{Targets: []netip.Prefix{netip.PrefixFrom(netip.MustParseAddr(pub), 32)}}
	})
	m.does(phone.PowerOn{})
	require.Equal(t, fleet.States{phone.Trusted: 3}, m.States())
	sub := l.node(1)
	came := l.sockets.Traffic()
	require.NoError(t, l.sockets.Stop(l.pub, cucm.CallManagerService))
	require.NoError(t, l.pub.Regenerate(cucm.TVSUnit))
	m.Send(phone.AlternateTFTP{Servers: []string{sub.Address(cucm.TFTPService)}}, nil)
	m.does(phone.Reset{})
	var whys []string
	for _, f := range m.Failures() {
		if !strings.Contains(f.What, "not found") && f.Server != l.pub.Address(cucm.CallManagerService) {
			whys = append(whys, f.What)
			require.Contains(t, f.What, "nothing is sent to "+f.Server+": it is not in "+pub+"/32")
		}
	}
	require.Len(t, whys, 3, "TFTP, HTTP, SIP: %v", m.Failures())
	require.Equal(t, came, l.sockets.Traffic(), "nobody was asked")

	for _, port := range []int{int(m.sip.Addr().Port()), m.WebPort()} {
		reached := func(from string) bool {
			conn, err := tcp.Dial(context.Background(), netip.MustParseAddr(from), fmt.Sprintf("127.18.0.5:%d", port))
			if err != nil {
				return false
			}
			defer conn.Close()
			require.NoError(t, conn.SetDeadline(time.Now().Add(silence)))
			_, err = conn.Read(make([]byte, 1))
			timeout, ok := err.(net.Error)
			return ok && timeout.Timeout()
		}
		require.True(t, reached(pub))
		require.False(t, reached("127.18.0.6"))
	}
}
