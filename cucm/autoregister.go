package cucm

import (
	"maps"
	"slices"
	"time"

	"itlsim/tftp"
)

// Auto-registration takes a phone that is not in the database in three steps: its
// own configuration is not found, and the default one tells it where to register;
// it registers, which enters it; it is reset, and loads its own.

// maxDevices bounds what auto-registration enters: a CUCM cluster has 40,000
// phones at most.
const maxDevices = 40_000

// resetAfter is how long after its registration a newcomer is reset, unless it has
// asked for its configuration by itself. No document tells a real cluster's time.
const resetAfter = time.Second

// AutoRegisters reports whether the cluster enters phones into its database that
// register without being in it ([Config]).
func (c *Cluster) AutoRegisters() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.config.AutoRegister && (!c.mixed || c.release.Facts().AutoRegistersMixed)
}

// Admits reports whether the node takes the registration of a phone, which says of
// what model it is ("" where it does not): that of a phone in the database, or, with
// auto-registration, of any, which is entered.
func (n *Node) Admits(device, model string) bool {
	c := n.cluster
	if _, known := c.Device(device); known {
		return true
	}
	return c.AutoRegisters() && tftp.IsDevice(device) &&
		c.autoRegister(Device{Name: device, Model: model, Group: n.group()})
}

// autoRegister enters a phone into the database; false where it is full.
func (p *Phones) autoRegister(d Device) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.device(d.Name); !known {
		if p.records.known >= maxDevices {
			return false
		}
		p.records.enter(d)
		p.newcomers[d.Name] = p.clock()
	}
	return true
}

// welcomed notes that a phone loads its own configuration.
func (p *Phones) welcomed(device string) {
	p.mu.RLock()
	_, newcomer := p.newcomers[device]
	p.mu.RUnlock()
	if newcomer {
		p.mu.Lock()
		delete(p.newcomers, device)
		p.mu.Unlock()
	}
}

// due are the newcomers that are to be reset now. Those that are not registered
// any more load their configuration when they boot.
func (p *Phones) due() (records []*record, phones []RegisteredPhone) {
	now := p.clock()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, device := range slices.Sorted(maps.Keys(p.newcomers)) {
		if now.Sub(p.newcomers[device]) < resetAfter {
			continue
		}
		delete(p.newcomers, device)
		if rec := p.records.find(device); rec.registration != nil {
			rec.resetting = true
			records, phones = append(records, rec), append(phones, RegisteredPhone{device, rec.registration})
		}
	}
	return records, phones
}
