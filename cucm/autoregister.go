package cucm

import (
	"container/list"
	"maps"
	"net/netip"
	"slices"
	"time"

	"itlsim/cucm/ciscolog"
	"itlsim/internal/contain"
	"itlsim/tftp"
)

// Auto-registration takes a phone that is not in the database in three steps: its
// own configuration is not found, and the default one tells it where to register;
// it registers, which enters it; it is reset, and loads its own.

// MaxDevices is how many phones a CUCM cluster has at most; auto-registration enters no more.
const MaxDevices = 40_000

const (
	// resetAfter is how long after its registration a newcomer is reset, unless it has
	// asked for its configuration by itself. No document tells a real cluster's time.
	resetAfter = time.Second
	// probation is for how long a phone that was entered is in the database for certain,
	// by the cluster's clock (this project's own choice): the reset and a boot take a
	// real phone no more.
	probation = time.Minute
	// looks is how many that have loaded their own configuration are looked at for one
	// that is not registered any more, each time that room is wanted: so that asking in
	// vain costs some microseconds.
	looks = 1000
)

// A guest is a phone that auto-registration entered. Nothing tells it from a name that
// somebody invented but what it does then: load its own configuration, and stay
// registered.
type guest struct {
	device  string
	from    netip.Addr // which its REGISTER came from; invalid: without SIP
	since   time.Time  // by the cluster's clock
	settled bool       // it has loaded its own configuration
	// place is in one of the lists of all, ofAddress in that of its address until it settles
	place, ofAddress *list.Element
}

// guests are those of a cluster, in the order in which they were entered.
type guests struct {
	byName             map[string]*guest
	unsettled, settled *list.List
	byAddress          map[netip.Addr]*list.List // the unsettled
}

func newGuests() guests {
	return guests{make(map[string]*guest), list.New(), list.New(), make(map[netip.Addr]*list.List)}
}

// of are the unsettled guests of an address; no list where there are none.
func (g *guests) of(from netip.Addr) *list.List {
	if l := g.byAddress[from]; l != nil {
		return l
	}
	return list.New()
}

func (g *guests) add(one *guest) {
	g.byName[one.device] = one
	one.place = g.unsettled.PushBack(one)
	l := g.of(one.from)
	one.ofAddress = l.PushBack(one)
	g.byAddress[one.from] = l
}

// settle takes a guest out of those that only came by.
func (g *guests) settle(one *guest) {
	if one.settled {
		return
	}
	one.settled = true
	g.unsettled.Remove(one.place)
	one.place = g.settled.PushBack(one)
	l := g.of(one.from)
	if l.Remove(one.ofAddress); l.Len() == 0 {
		delete(g.byAddress, one.from)
	}
}

func (g *guests) remove(one *guest) {
	g.settle(one)
	g.settled.Remove(one.place)
	delete(g.byName, one.device)
}

// AutoRegisters reports whether the cluster enters phones into its database that
// register without being in it ([Config]).
func (c *Cluster) AutoRegisters() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.config.AutoRegister && (!c.mixed || c.release.Facts().AutoRegistersMixed)
}

// Admits reports whether the node takes the registration of a phone, which says of
// what model it is ("" where it does not) and comes from an address (invalid: without
// SIP): that of a phone in the database, or, with auto-registration, of any, which is
// entered while there is room.
//
// At 40,000 phones those make room that were entered a minute ago or more and have not
// loaded their own configuration since, or are not registered any more. Of one address
// there are no more that have not than it leaves room for others. So invented names keep
// nobody out for longer than that minute, and those of one address nobody else. Phones
// that [Phones.AddDevice] entered, and registered ones that have loaded their own
// configuration, stay.
func (n *Node) Admits(device, model string, from netip.Addr) bool {
	return Caller{Device: device}.Admitted(n, model, from)
}

// Admitted is [Node.Admits].
func (by Caller) Admitted(n *Node, model string, from netip.Addr) bool {
	c := n.cluster
	if _, known := c.called(by); known {
		return true
	}
	if !tftp.IsDevice(by.Device) || !c.AutoRegisters() {
		return false
	}
	gone, entered := c.autoRegister(Device{Name: by.Device, Model: model, Group: n.group()}, from)
	c.dropConfigurations(gone)
	if !entered {
		c.full(&c.devicesFull, n.index, ciscolog.NumDevRegExceeded, "MaxDevices", MaxDevices)
	}
	return entered
}

// autoRegister enters a phone into the database; false where it is full. One may have
// made room for it: gone, if not "".
func (p *Phones) autoRegister(d Device, from netip.Addr) (gone string, entered bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.device(Caller{Device: d.Name}); known {
		return "", true
	}
	room, ofAddress := MaxDevices-p.records.known, p.guests.of(from)
	switch {
	case from.IsValid() && ofAddress.Len() > room:
		gone = p.evict(ofAddress, 1)
	case room > 0:
		entered = true
	default:
		if gone = p.evict(p.guests.unsettled, 1); gone == "" {
			gone = p.evict(p.guests.settled, looks)
		}
	}
	if entered = entered || gone != ""; entered {
		p.enter(d)
		now := p.clock()
		p.guests.add(&guest{device: d.Name, from: from, since: now})
		p.newcomers[d.Name] = now
	}
	return gone, entered
}

// evict takes a guest out of the database that only came by, of the first so many of a
// list; "" where there is none. Those that stay are the last then.
func (p *Phones) evict(from *list.List, first int) (device string) {
	now := p.clock()
	for range min(first, from.Len()) {
		g := from.Front().Value.(*guest)
		rec := p.records.find(Caller{Device: g.device})
		registered := rec.registration != nil && !rec.registration.lapsed(now)
		if now.Sub(g.since) >= probation && !(g.settled && registered) && !rec.resetting {
			p.guests.remove(g)
			p.records.remove(g.device)
			delete(p.newcomers, g.device)
			delete(p.departed, g.device)
			p.devices.changed()
			return g.device
		}
		if g.settled {
			from.MoveToBack(g.place)
		}
	}
	return ""
}

// welcomed notes that a phone loads its own configuration.
func (p *Phones) welcomed(device string) {
	p.mu.RLock()
	g := p.guests.byName[device]
	_, newcomer := p.newcomers[device]
	news := newcomer || g != nil && !g.settled
	p.mu.RUnlock()
	if news {
		contain.Holding(&p.mu, func() {
			if g = p.guests.byName[device]; g != nil {
				p.guests.settle(g)
			}
			delete(p.newcomers, device)
		})
	}
}

// newcomerPatience is how long a tick waits for newcomers to be told, who may be strangers that do
// not answer.
const newcomerPatience = time.Second

// resetNewcomers resets those that are due, and waits no longer than a second.
func (c *Cluster) resetNewcomers() {
	select {
	case <-c.reset(c.due()):
	case <-time.After(newcomerPatience):
	}
}

// due are the newcomers that are to be reset now. Those that are not registered any more
// load their configuration when they boot.
func (p *Phones) due() (t toTell) {
	now := p.clock()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, device := range slices.Sorted(maps.Keys(p.newcomers)) {
		if now.Sub(p.newcomers[device]) < resetAfter {
			continue
		}
		delete(p.newcomers, device)
		by := Caller{Device: device}
		t.add(by, p.records.find(by), nil)
	}
	return t
}
