package virtual

import (
	"slices"
	"strings"

	"itlsim/cucm"
	"itlsim/fleet"
	"itlsim/fleet/network"
	"itlsim/phone"
)

// slot holds one phone. There may be a million: its size matters.
type slot struct {
	phone    *phone.Phone
	chance   network.Chance
	begun    int64  // when the boot under way began, plus one; 0: none is
	last     int64  // when the last event from outside reaches it
	served   uint32 // Seq of the last request that a TFTP service took up
	window   uint32 // in which it last stepped
	waiting  uint16 // its events in Fleet.waiting
	pending  uint16 // its events from outside in Fleet.queue
	underWay bool   // counted in Fleet.underWay
	awaits   bool   // an event that it boots by
	lost     uint8  // copies of the last request by TFTP before one that arrived
	home     uint8  // index plus one of the node where it is registered; 0: none
}

// Add takes a phone into the fleet. Nobody else may use it from then on. Its
// library should remember signatures ([phone.Library.Remember]).
func (f *Fleet) Add(p *phone.Phone) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := slot{phone: p, chance: network.NewChance(f.config.Seed, f.config.First+len(f.slots))}
	server, _ := p.RegisteredWith()
	if i, n := f.nodeAt(server); n != nil {
		s.home = i + 1
	}
	f.slots = append(f.slots, s)
	f.states[fleet.Place(p)]++
}

// caller is a phone as clusters know it, to whose databases the phones are added in the
// order in which they are added here.
func (f *Fleet) caller(i uint32) cucm.Caller {
	return cucm.Caller{Device: f.slots[i].phone.Name(), Number: int(i)}
}

// Reserve makes room for so many more phones.
func (f *Fleet) Reserve(phones int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.slots = slices.Grow(f.slots, phones)
}

// find finds a phone by its name. The names are sorted when first needed: a map
// of a million would take a tenth of all memory, and few acts name single phones.
func (f *Fleet) find(name string) (uint32, bool) {
	nameOf := func(i uint32) string { return f.slots[i].phone.Name() }
	if len(f.sorted) != len(f.slots) {
		f.sorted = make([]uint32, len(f.slots))
		for i := range f.sorted {
			f.sorted[i] = uint32(i)
		}
		slices.SortFunc(f.sorted, func(a, b uint32) int { return strings.Compare(nameOf(a), nameOf(b)) })
	}
	at, ok := slices.BinarySearchFunc(f.sorted, name, func(i uint32, name string) int {
		return strings.Compare(nameOf(i), name)
	})
	if !ok {
		return 0, false
	}
	return f.sorted[at], true
}
