package cucm

import (
	"crypto/x509"
)

// devices is the database as a list, made when somebody asks.
type devices struct {
	revision uint64 // counts the changes of the database
	list     []Device
	of       uint64 // revision that the list is of
}

// changed notes that the database is another now. The caller holds the lock.
func (d *devices) changed() { d.revision++ }

// Devices are the phones of the database, in its order: that in which they were
// entered, but that who is new has the place of one that made room (see [Node.Admits]).
// The slice is shared by all who ask until the database changes, and must not be changed.
// The revision is another with each change.
func (p *Phones) Devices() (all []Device, revision uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d := &p.devices; d.of != d.revision {
		d.list = make([]Device, 0, p.records.known)
		for _, r := range p.records.all() {
			if r.known {
				d.list = append(d.list, r.device)
			}
		}
		d.of = d.revision
	}
	return p.devices.list, p.devices.revision
}

// Description is the phone's: CUCM's page fills the device's name in (remembered).
func (d *Device) Description() string { return d.Name }

// Product is the phone's model as CUCM's lists name it.
func (d *Device) Product() string { return productType(d.Model) }

// Type is CUCM's number of the phone's model; "255" where it is not known.
func (d *Device) Type() string { return deviceType(d.Model) }

// AddDevice enters a phone into the database, or changes what that has of it. Its
// group has [MaxGroup] nodes at most. The phone learns of a change by its next
// configuration.
func (p *Phones) AddDevice(d Device) {
	d.Group = d.Group[:min(len(d.Group), MaxGroup)]
	p.mu.Lock()
	defer p.mu.Unlock()
	p.enter(d)
	if g := p.guests.byName[d.Name]; g != nil {
		p.guests.remove(g)
	}
}

// enter enters a phone into the database. The caller holds the lock.
func (p *Phones) enter(d Device) {
	p.records.enter(d)
	p.rejected.forget(d.Name)
	p.devices.changed()
}

// issued notes a certificate that CAPF has issued to a phone of the database.
func (p *Phones) issued(device string, lsc *x509.Certificate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.records.find(Caller{Device: device}); r != nil {
		r.device.LSC = lsc
		p.devices.changed()
	}
}

// Device is a phone as the database has it now; false where it has none.
func (p *Phones) Device(name string) (Device, bool) {
	return p.called(Caller{Device: name})
}

// called is the device of a caller.
func (p *Phones) called(c Caller) (Device, bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.device(c)
}

func (p *Phones) device(c Caller) (Device, bool) {
	if r := p.records.find(c); r != nil && r.known {
		return r.device, true
	}
	return Device{}, false
}
