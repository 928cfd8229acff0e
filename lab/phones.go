package lab

import (
	"errors"
	"fmt"
	"iter"
	"math"
	"net/netip"
	"slices"
	"strings"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/phone"
)

// A Member is what the setup says of a phone; what the phone is like at a time is
// a [fleet.View].
type Member struct {
	Group   string
	Offline bool   // out of reach of what is done to all phones
	group   uint16 // among the lab's
	number  uint32 // among all shards' phones
	Profile *phone.Profile
	// Home is its first TFTP server, at present: UseTFTP changes it. Who looks while somebody
	// may be doing that asks [Lab.Server].
	Home *cucm.Node
}

// Number is the phone's number among those of all shards, in the order of dealing.
func (m *Member) Number() uint32 { return m.number }

// Member is what the setup says of the i-th phone that is here.
func (l *Lab) Member(i int) *Member { return &l.members[i] }

// Phones is how many are here: all, or those of the lab's shard.
func (l *Lab) Phones() int { return len(l.members) }

// Total is how many there are in all shards.
func (l *Lab) Total() int { return Setup{Groups: l.all}.Phones() }

// First is the number of the first phone that is here, among those of all shards.
func (l *Lab) First() int { return l.first }

// HasPhone reports whether there is a phone of a name, in any shard.
func (l *Lab) HasPhone(name string) bool { return Setup{Groups: l.all}.HasPhone(name) }

// Number is the number of the phone of a name, among those of all shards; ok is false where there
// is none.
func (l *Lab) Number(name string) (number uint32, ok bool) {
	i, ok := Setup{Groups: l.all}.number(name)
	return uint32(i), ok
}

// All yields what the setup says of the phones of all shards, in the order of dealing, but for
// their homes. A member is valid until the next.
func (l *Lab) All(yield func(*Member) bool) {
	for _, m := range l.dealt(0, l.Total()) {
		if !yield(m) {
			return
		}
	}
}

// dealt yields the phones from one number to before another, each as the k-th of a group, and what
// All yields.
func (l *Lab) dealt(from, to int) iter.Seq2[seat, *Member] {
	return func(yield func(seat, *Member) bool) {
		deal, m := dealFrom(l.all, from), Member{} // one for all of them
		for i := from; i < to; i++ {
			at, k := deal.next()
			if m = l.member(at, k, i); !yield(seat{at, k, i}, &m) {
				return
			}
		}
	}
}

// A seat is a phone's: the k-th of a group, the i-th of all.
type seat struct{ group, k, i int }

// Names are those of the phones that are here, in the fleet's order.
func (l *Lab) Names() iter.Seq[string] { return l.names(l.first, l.first+l.Phones()) }

// names are those from one number to before another.
func (l *Lab) names(from, to int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for at := range l.dealt(from, to) {
			if !yield(l.name(at)) {
				return
			}
		}
	}
}

// name is that of a phone.
func (l *Lab) name(at seat) string {
	if g := &l.all[at.group]; len(g.Devices) > 0 {
		return g.Devices[at.k].Name
	}
	return PhoneName(at.i)
}

// known are the phones that the lab's clusters know, from one number to before another: those
// that are here, or of a crew all.
func (l *Lab) known() (from, to int) {
	if _, crew := l.world.(*apart); crew {
		return 0, l.Total()
	}
	return l.first, l.first + l.Phones()
}

// member is what the setup says of the k-th phone of a group, the i-th of all.
func (l *Lab) member(group, k, i int) Member {
	g := &l.all[group]
	offline := k >= g.Count-share(g.Offline, g.Count)
	if len(g.Devices) > 0 {
		offline = !g.Devices[k].Registered
	}
	return Member{Group: g.Name, Offline: offline, group: l.indices[group], number: uint32(i), Profile: g.profile(k)}
}

// GroupNames are the names of the groups, in the order in which they have phones; of all
// shards, as Models.
func (l *Lab) GroupNames() []string { return l.groups }

// Models are those of the phones.
func (l *Lab) Models() []string { return l.models }

// Views are the phones as they are now, in the fleet's order. For a large fleet
// use Each.
func (l *Lab) Views() []fleet.View { return fleet.Views(l.Fleet) }

// Each shows look these parts of every phone as it is now. The view is valid until look
// returns: see [fleet.Fleet].
func (l *Lab) Each(parts fleet.Parts, look func(i int, m *Member, v *fleet.View)) {
	i := 0
	for v := range l.Fleet.All(parts) {
		look(i, &l.members[i], v)
		i++
	}
}

// Server is the node whose TFTP a phone asks first. Where that is none of the lab's, since
// somebody gave the phone other servers, it is the setup's publisher.
func (l *Lab) Server(v *fleet.View) *cucm.Node {
	if len(v.Servers) > 0 {
		for _, n := range l.nodes {
			if n.Address(cucm.TFTPService) == v.Servers[0] {
				return n.Node
			}
		}
	}
	return l.Cluster.Publisher()
}

// GroupStates are the names of the groups, and how many phones of each are in which state.
func (l *Lab) GroupStates() ([]string, []fleet.States) {
	return l.groups, l.Fleet.StatesBy(len(l.groups), func(i int) int { return int(l.members[i].group) })
}

// Send gives an event to the phones that pick reports true for; to all if it is
// nil. It does not wait for what follows.
func (l *Lab) Send(ev phone.Event, pick func(*Member) bool) {
	if pick == nil {
		l.Fleet.Send(ev, nil)
		return
	}
	l.Fleet.Send(ev, func(p *phone.Phone) bool { return pick(&l.members[l.Fleet.Index(p.Name())]) })
}

// UseTFTP gives the phones that are picked other TFTP servers, first to last, as
// DHCP option 150 does.
func (l *Lab) UseTFTP(nodes []string, pick func(*Member) bool) error {
	r, err := l.fileServers(nodes)
	if err != nil {
		return err
	}
	for i := range l.members {
		if m := &l.members[i]; pick == nil || pick(m) {
			m.Home = r.nodes[0]
		}
	}
	l.Send(phone.UseServers{Servers: r.servers}, pick)
	return nil
}

// route is nodes in some order, and the addresses of their TFTP services. Phones
// share it.
type route struct {
	nodes   []*cucm.Node
	servers []string
}

// route finds nodes by their names.
func (l *Lab) route(names []string) (*route, error) {
	key := strings.Join(names, " ")
	if r, ok := l.routes[key]; ok {
		return r, nil
	}
	r := &route{}
	for _, name := range names {
		n, err := l.Node(name)
		if err != nil {
			return nil, err
		}
		r.nodes, r.servers = append(r.nodes, n), append(r.servers, n.Address(cucm.TFTPService))
	}
	l.routes[key] = r
	return r, nil
}

// fileServers finds nodes with TFTP, one at least.
func (l *Lab) fileServers(names []string) (*route, error) {
	r, err := l.route(names)
	switch {
	case err != nil:
		return nil, err
	case len(names) == 0:
		return nil, errors.New("phones need a node with TFTP")
	}
	if i := slices.Index(r.servers, ""); i >= 0 {
		return nil, fmt.Errorf("%s has no TFTP", names[i])
	}
	return r, nil
}

// populate puts up so many phones from the lab's first on, as they are dealt, all at one address
// where that is valid. Of a crew's phones it notes what they have.
func (l *Lab) populate(groups []Group, phones int, ip netip.Addr, gives giver) error {
	groups = slices.Clone(groups)
	for i := range groups {
		groups[i].Models = groups[i].models()
	}
	l.all = groups
	if l.groups, l.models = census(groups); len(l.groups) > maxGroups {
		return fmt.Errorf("there are %d groups of phones; there is room for %d", len(l.groups), maxGroups)
	}
	at := make(map[string]uint16)
	for i, name := range l.groups {
		at[name] = uint16(i)
	}
	for _, g := range groups {
		l.indices = append(l.indices, at[g.Name])
	}
	l.members = make([]Member, 0, phones)
	library := &phone.Library{Remember: l.world.Remembers()}
	for at, m := range l.dealt(l.first, l.first+phones) {
		p, err := l.newcomer(at, m, gives)
		if err != nil {
			return err
		}
		if _, crew := l.world.(*apart); crew {
			l.given.add(&p)
			continue
		}
		if p.Library = library; ip.IsValid() {
			p.IP = ip
		}
		l.members = append(l.members, *m)
		l.Fleet.Add(phone.New(p))
	}
	return nil
}

// newcomer describes a phone, makes it known to the clusters, and notes its home.
func (l *Lab) newcomer(at seat, m *Member, gives giver) (phone.Setup, error) {
	g := &l.all[at.group]
	p := phone.Setup{Name: l.name(at), IP: phoneIP(at.i), Profile: m.Profile}
	order := g.TFTP
	if len(g.Devices) > 0 {
		order = first(g.Devices[at.k].TFTP, g.TFTP)
	}
	managers := g.CallManagers
	if len(managers) == 0 {
		managers = order
	}
	tftp, err := l.fileServers(order)
	if err != nil {
		return p, err
	}
	group, err := l.route(managers)
	if err != nil {
		return p, err
	}
	l.Cluster.AddDevice(cucm.Device{
		Name: p.Name, Model: p.Profile.Model, Group: group.nodes, Security: g.Security,
	})
	if l.Other != nil { // phones that move are configured there beforehand
		l.Other.AddDevice(cucm.Device{Name: p.Name, Model: p.Profile.Model, Group: l.Other.Nodes()})
	}
	home := tftp.nodes[0]
	m.Home = home
	p.Servers = tftp.servers
	if g.Security.ByTLS() {
		if p.Flash.LSC, err = gives.lsc(p.Name, home); err != nil {
			return p, err
		}
	}
	if p.Flash.Lists.ITL, err = gives.list(g, at.k, home); err != nil || p.Flash.Lists.ITL == nil {
		return p, err
	}
	data, err := home.File(p.Name + ".cnf.xml")
	if err == nil {
		p.Flash.Config, err = cnf.Parse(data)
	}
	return p, err
}

// firstMAC is the hardware address of phone 0; those of others follow.
const firstMAC = 0x001BD4000000

// PhoneName is the name of the i-th phone where it is of no real fleet.
func PhoneName(i int) string { return fmt.Sprintf("SEP%012X", firstMAC+uint64(i)) }

// share is a share of n things, rounded.
func share(of float64, n int) int { return int(math.Round(of * float64(n))) }

// first puts one of the names before the others.
func first(name string, names []string) []string {
	if name == "" {
		return names
	}
	order := []string{name}
	for _, n := range names {
		if n != name {
			order = append(order, n)
		}
	}
	return order
}

// phoneIP gives each of [MaxPhones] phones an address of its own, from 127.16.0.1 on. Of more,
// those are alike that are so far apart, in different shards.
func phoneIP(i int) netip.Addr {
	n := i%MaxPhones + 1
	return netip.AddrFrom4([4]byte{127, byte(16 + n>>16), byte(n >> 8), byte(n)})
}
