package virtual_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"itlsim/cucm"
	"itlsim/cucm/cli"
	"itlsim/cucm/testkeys"
	"itlsim/fleet"
	"itlsim/fleet/virtual"
	"itlsim/phone"
)

const password = "secret"

// lab is the cluster of Cisco document 117598 with phones of every model, half
// of them served by each node first.
type lab struct {
	testing.TB
	*virtual.Fleet
	clock    *virtual.Clock
	cluster  *cucm.Cluster
	pub, sub *cucm.Node
	servers  [2][]string
	groups   [2][]*cucm.Node
	library  *phone.Library
	profiles []*phone.Profile
}

func newLab(t testing.TB, phones int, seed uint64, options ...func(*virtual.Config)) *lab {
	l := &lab{TB: t, clock: virtual.NewClock(), library: &phone.Library{Remember: true}, profiles: phone.Profiles()}
	cfg := cucm.Cisco117598()
	cfg.Clock, cfg.Password, cfg.SharedConfigurations = l.clock, password, true
	cfg.Keys = testkeys.NewPool(seed)
	cfg.Random = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)})
	var err error
	l.cluster, err = cucm.New(cfg)
	require.NoError(t, err)
	vc := virtual.Config{Clock: l.clock, Seed: seed, Network: virtual.LAN()}
	for _, option := range options {
		option(&vc)
	}
	l.Fleet = virtual.New(vc)
	l.Connect(l.cluster)
	l.pub, l.sub = l.cluster.Nodes()[0], l.cluster.Nodes()[1]
	l.groups = [2][]*cucm.Node{{l.pub, l.sub}, {l.sub, l.pub}}
	for i, group := range l.groups {
		for _, n := range group {
			l.servers[i] = append(l.servers[i], n.Address(cucm.TFTPService))
		}
	}
	for i := range phones {
		l.add(i)
	}
	return l
}

func (l *lab) add(i int) {
	name, profile := fmt.Sprintf("SEP001BD4%06X", i), l.profiles[(i/2)%len(l.profiles)]
	n := i + 1
	l.cluster.AddDevice(cucm.Device{Name: name, Model: profile.Model, Group: l.groups[i%2]})
	l.Add(phone.New(phone.Setup{
		Name: name, IP: netip.AddrFrom4([4]byte{127, byte(16 + n>>16), byte(n >> 8), byte(n)}),
		Profile: profile, Servers: l.servers[i%2], Library: l.library,
	}))
}

func (l *lab) types(n *cucm.Node, line string, answers ...string) {
	l.Helper()
	require.NoError(l, cli.Run(n, &cli.Script{Answers: answers}, line), "%s: %s", n.Name(), line)
}

func (l *lab) regenerates(n *cucm.Node, unit cucm.Unit) {
	l.types(n, "set cert regen "+string(unit), "yes")
}

func (l *lab) settles() {
	l.Helper()
	require.NoError(l, l.Settle(l.Context()))
}

func (l *lab) waits(d time.Duration) {
	l.Helper()
	require.NoError(l, l.Advance(l.Context(), d))
}

func (l *lab) all(state phone.State, count int) {
	l.Helper()
	var want fleet.States
	want[state] = count
	require.Equal(l, want, l.States(), "all %s", state)
}

// bulkReset plays the scenario of that name. after is called when a step ends.
func (l *lab) bulkReset(phones int, after func(step string)) {
	restartTFTP := func() {
		for _, n := range l.cluster.Nodes() {
			l.types(n, "utils service restart Cisco Tftp")
		}
	}
	l.Send(phone.PowerOn{}, nil)
	l.settles()
	l.all(phone.Trusted, phones)
	after("first boot")

	l.regenerates(l.pub, cucm.CallManager)
	l.settles()
	l.all(phone.Trusted, phones)
	after("CallManager regenerated")

	l.waits(6 * time.Minute)
	l.regenerates(l.pub, cucm.TVSUnit)
	l.settles()
	l.all(phone.Trusted, phones)
	after("TVS regenerated")

	l.Send(phone.PowerOff{}, nil)
	l.settles()
	l.waits(6 * time.Minute)
	for _, unit := range []cucm.Unit{cucm.CallManager, cucm.TVSUnit} {
		for _, n := range l.cluster.Nodes() {
			l.regenerates(n, unit)
		}
		l.waits(6 * time.Minute)
	}
	restartTFTP()
	settings := l.cluster.Settings()
	settings.SettingsAccess = false
	l.cluster.Configure(settings)
	l.Send(phone.PowerOn{}, nil)
	l.settles()
	l.all(phone.Untrusted, phones)
	after("both regenerated while off")

	l.types(l.pub, "utils itl reset localkey", password)
	l.cluster.ResetPhones()
	l.settles()
	l.all(phone.Trusted, phones)
	after("utils itl reset localkey")

	restartTFTP()
	l.cluster.ResetPhones()
	l.settles()
	l.all(phone.Trusted, phones)
	after("TFTP restarted")
}
