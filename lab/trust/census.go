package trust

import (
	"crypto/sha1"
	"hash/maphash"
	"maps"
	"slices"
	"sync"
	"time"

	"itlsim/cnf"
	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/itl"
	"itlsim/lab"
	"itlsim/phone"
)

// A Census is which phones of a lab hold which lists, kept up to date by Look. It is safe for
// concurrent use.
type Census struct {
	lab     *lab.Lab
	library *phone.Library // of the phones that try files
	seed    maphash.Seed

	mu     sync.Mutex
	phones []counted
	names  []string // of the phones
	kinds  numbered[kind]
	groups numbered[sums]
	stock  []stock // of the kinds, by their numbers

	nodes    []*shown // as they were last looked at
	glances  []glance
	drawn    []Node
	verdicts map[judged]verdict // of these nodes
}

// counted is where a phone is counted.
type counted struct {
	kind  int32 // its number plus one; 0: nowhere yet
	place uint8 // see [fleet.States]
}

// kind is all of a phone that its trust hangs on. Phones share what it points to, so that it
// costs little to compare; two kinds may yet be alike.
type kind struct {
	lists   phone.Lists
	config  *cnf.Config
	profile *phone.Profile
	server  string // its first TFTP server
	site    string
	vouches uint64 // a hash of what TVS said
}

// sums are the checksums of the lists that phones hold, zero for none.
type sums struct{ ctl, itl [sha1.Size]byte }

func sumsOf(l phone.Lists) (s sums) {
	if l.CTL != nil {
		s.ctl = l.CTL.SHA1()
	}
	if l.ITL != nil {
		s.itl = l.ITL.SHA1()
	}
	return s
}

// stock is the phones of a kind.
type stock struct {
	kind
	states fleet.States
	group  int32
	flash  phone.Flash // of one of them
	first  int         // of them, while a picture is drawn
}

func (s *stock) phones() (n int) {
	for _, there := range s.states {
		n += there
	}
	return n
}

// New is a census of a lab's phones, none of which it has looked at.
func New(l *lab.Lab) *Census {
	return &Census{
		lab: l, library: &phone.Library{Remember: true}, seed: maphash.MakeSeed(),
		phones: make([]counted, l.Phones()), names: make([]string, l.Phones()), verdicts: make(map[judged]verdict),
	}
}

// vouchHour is how exactly it is known when what a TVS said ends to count: an answer counts
// for a day, and phones that asked in one hour shall be of one kind.
const vouchHour = int64(time.Hour)

// kindOf is the i-th phone's.
func (c *Census) kindOf(i int, v *fleet.View) kind {
	k := kind{lists: v.Flash.Lists, config: v.Flash.Config, profile: v.Profile, site: c.lab.Member(i).Group}
	if len(v.Servers) > 0 {
		k.server = v.Servers[0]
	}
	for _, vouch := range v.Flash.Vouches {
		k.vouches ^= maphash.Comparable(c.seed, vouch.Vouched) + uint64(vouch.Expires/vouchHour)
	}
	return k
}

// Look counts the i-th phone as the view, of whatever parts, shows it. It returns the ID of its
// group, which other phones may have been given that left it before.
func (c *Census) Look(i int, v *fleet.View) (group int) {
	k, place := c.kindOf(i, v), uint8(v.Place())
	c.mu.Lock()
	defer c.mu.Unlock()
	at := &c.phones[i]
	if at.kind > 0 && c.kinds.things[at.kind-1] == k {
		s := &c.stock[at.kind-1]
		s.states[at.place]--
		s.states[place]++
		at.place = place
		return int(s.group)
	}
	c.names[i] = v.Name
	number := c.join(k, v.Flash)
	c.stock[number].states[place]++
	if at.kind > 0 {
		c.leave(at.kind-1, at.place)
	}
	*at = counted{number + 1, place}
	return int(c.stock[number].group)
}

// join is the number of a kind that one more phone is of.
func (c *Census) join(k kind, flash phone.Flash) int32 {
	number, known := c.kinds.get(k)
	if !known {
		group, _ := c.groups.get(sumsOf(k.lists))
		c.groups.uses[group]++
		c.stock = slices.Grow(c.stock, 1)[:max(len(c.stock), int(number)+1)]
		c.stock[number] = stock{kind: k, group: group, flash: flash}
	}
	c.kinds.uses[number]++
	return number
}

// leave ends what nobody is of any more.
func (c *Census) leave(number int32, place uint8) {
	s := &c.stock[number]
	s.states[place]--
	if c.kinds.drop(number) {
		c.groups.drop(s.group)
		*s = stock{}
	}
}

// numbered gives things numbers, each the smallest that is free, for as long as they are used.
type numbered[T comparable] struct {
	things []T
	uses   []int
	at     map[T]int32
	free   []int32
}

// get is a thing's number. A new one is not used yet.
func (n *numbered[T]) get(t T) (number int32, known bool) {
	if number, known = n.at[t]; known {
		return number, true
	}
	if n.at == nil {
		n.at = make(map[T]int32)
	}
	if len(n.free) > 0 {
		smallest := slices.Index(n.free, slices.Min(n.free))
		number = n.free[smallest]
		n.free = slices.Delete(n.free, smallest, smallest+1)
		n.things[number] = t
	} else {
		number = int32(len(n.things))
		n.things, n.uses = append(n.things, t), append(n.uses, 0)
	}
	n.at[t] = number
	return number, false
}

// drop ends one use, and reports whether that was the last.
func (n *numbered[T]) drop(number int32) (unused bool) {
	if n.uses[number]--; n.uses[number] > 0 {
		return false
	}
	delete(n.at, n.things[number])
	n.things[number] = *new(T)
	n.free = append(n.free, number)
	return true
}

// Picture is the fleet's, of the phones that were looked at, and of the nodes as they are now.
func (c *Census) Picture() *Picture {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, p := range slices.Backward(c.phones) {
		if p.kind > 0 {
			c.stock[p.kind-1].first = i
		}
	}
	kinds := make(map[int32][]*stock)
	for number := range c.stock {
		if c.kinds.uses[number] > 0 {
			group := c.stock[number].group
			kinds[group] = append(kinds[group], &c.stock[number])
		}
	}
	return c.draw(kinds)
}

// Phone is the picture of the i-th phone alone, as the view shows it: its only group is that
// phone, with the ID 0.
func (c *Census) Phone(i int, v *fleet.View) *Picture {
	one := New(c.lab)
	one.library = c.library
	one.Look(i, v)
	return one.Picture()
}

// draw draws groups of kinds.
func (c *Census) draw(kinds map[int32][]*stock) *Picture {
	c.lookAround()
	p, ring := &Picture{Nodes: c.drawn, Groups: []Group{}}, &keyring{keys: []Key{}}
	c.ownKeys(ring)
	sizes := make(map[int32]int)
	for group, of := range kinds {
		for _, s := range of {
			sizes[group] += s.phones()
		}
	}
	order := slices.SortedFunc(maps.Keys(kinds), func(a, b int32) int {
		if sizes[a] != sizes[b] {
			return sizes[b] - sizes[a]
		}
		return int(a - b)
	})
	for i, group := range order {
		if i >= MaxGroups {
			p.leaveOut(kinds[group])
			continue
		}
		p.Groups = append(p.Groups, c.group(int(group), kinds[group], ring))
	}
	p.Keys = ring.keys
	return p
}

// leaveOut counts a group with the rest.
func (p *Picture) leaveOut(of []*stock) {
	if p.Rest == nil {
		p.Rest = &Rest{}
	}
	p.Rest.Lists++
	all := fleet.States{}
	for _, s := range of {
		all = plus(all, s.states)
	}
	for _, n := range all {
		p.Rest.Phones += n
	}
	p.Rest.States = byName(all, p.Rest.States)
}

func plus(a, b fleet.States) fleet.States {
	for i := range a {
		a[i] += b[i]
	}
	return a
}

// byName adds phones to those counted by the names of their states.
func byName(states fleet.States, to map[string]int) map[string]int {
	if to == nil {
		to = make(map[string]int)
	}
	for place, n := range states {
		to[fleet.PlaceName(place)] += n
	}
	return to
}

// group draws one.
func (c *Census) group(id int, of []*stock, ring *keyring) Group {
	slices.SortFunc(of, func(a, b *stock) int {
		if a.phones() != b.phones() {
			return b.phones() - a.phones()
		}
		return a.first - b.first
	})
	lists := of[0].lists
	g := Group{
		ID: id, Faith: lists.OnFaith(), CTL: checksum(lists.CTL), ITL: checksum(lists.ITL), Asks: []Asked{}, TVS: []string{},
	}
	g.Holds = append(holdings(lists.CTL, ring, c.nodes), holdings(lists.ITL, ring, c.nodes)...)
	var states fleet.States
	for _, s := range of {
		states = plus(states, s.states)
	}
	for _, n := range states {
		g.Phones += n
	}
	g.States = byName(states, nil)
	g.Example = c.names[of[0].first]
	c.surroundings(&g, of)
	g.Lines = c.lines(of)
	return g
}

// surroundings notes whom the phones of a group ask.
func (c *Census) surroundings(g *Group, of []*stock) {
	asks := make(map[string]int)
	for _, s := range of {
		asks[c.nameAt(cucm.TFTPService, s.server)] += s.phones()
	}
	most := 0
	for _, n := range c.nodes {
		if asks[n.name] == 0 {
			continue
		}
		g.Asks = append(g.Asks, Asked{n.name, asks[n.name]})
		if asks[n.name] > most {
			most, g.ResetKey = asks[n.name], resetKey(of[0], n)
		}
	}
	if config := of[0].config; config != nil {
		for _, server := range config.TVS {
			if name := c.nameAt(cucm.TVSService, server); name != "" && !slices.Contains(g.TVS, name) {
				g.TVS = append(g.TVS, name)
			}
		}
	}
}

// resetKey is the key that a reset in the node's cluster would sign with, where phones know it.
func resetKey(s *stock, n *shown) string {
	signer := n.Cluster().ResetSigner()
	if signer == nil || s.profile.NoITL {
		return ""
	}
	cert := signer.Certificate
	if !s.lists.KnowSigner(itl.IdentityOf(cert), cert.Raw) {
		return ""
	}
	return certificateID(cert.Raw)
}

// nodeAt is the node whose service is at an address, host:port; nil for none.
func (c *Census) nodeAt(s cucm.Service, address string) *shown {
	for _, n := range c.nodes {
		if n.Address(s) == address {
			return n
		}
	}
	return nil
}

// nameAt is its name, "" for none.
func (c *Census) nameAt(s cucm.Service, address string) string {
	if n := c.nodeAt(s, address); n != nil {
		return n.name
	}
	return ""
}
