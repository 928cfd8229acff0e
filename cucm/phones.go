package cucm

import (
	"crypto/x509"
	"sync"
	"sync/atomic"
	"time"

	"itlsim/sip"
)

// Phones are those that a cluster knows: the phones of its database, with their
// registrations and reports, and others that it hears of. It is part of a
// [Cluster].
type Phones struct {
	now    func() time.Time // the cluster's
	clock  func() time.Time // by which registrations lapse, whatever `set date` makes of now
	raise  func(occurrence)
	serves serves

	mu       sync.RWMutex
	records  records
	holdings map[holding]*holding
	guests   guests
	// newcomers are guests, and when they came, until they load their own configuration
	// or are told to
	newcomers map[string]time.Time
	heard     heard
	shared    map[Registration]*Registration // see withoutSIP

	devicesFull, reportsForgotten fullness

	alarms, registrations atomic.Uint64 // received
}

// serves reports whether a TFTP node of a name serves a list.
type serves func(server string, list sip.Checksum) bool

// begin makes the zero value ready.
func (p *Phones) begin(now, clock func() time.Time, raise func(occurrence), serves serves) {
	p.now, p.clock, p.raise, p.serves = now, clock, raise, serves
	p.records, p.holdings, p.shared = newRecords(), make(map[holding]*holding), make(map[Registration]*Registration)
	p.guests, p.newcomers = newGuests(), make(map[string]time.Time)
}

// AddDevice enters a phone into the database, or changes what that has of it. Its
// group has [MaxGroup] nodes at most. The phone learns of a change by its next
// configuration.
func (p *Phones) AddDevice(d Device) {
	d.Group = d.Group[:min(len(d.Group), MaxGroup)]
	p.mu.Lock()
	defer p.mu.Unlock()
	p.records.enter(d)
	if g := p.guests.byName[d.Name]; g != nil {
		p.guests.remove(g)
	}
}

// issued notes a certificate that CAPF has issued to a phone of the database.
func (p *Phones) issued(device string, lsc *x509.Certificate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.records.find(Caller{Device: device}); r != nil {
		r.device.LSC = lsc
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
