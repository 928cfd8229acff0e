package cucm

import (
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
	devices  devices
	departed map[string][]departure // by device, one of each node; of those that registered by SIP
	rejected rejections
	resets   resets
	holdings map[holding]*holding
	guests   guests
	// newcomers are guests, and when they came, until they load their own configuration
	// or are told to
	newcomers map[string]time.Time
	heard     heard
	shared    map[Registration]*Registration // see withoutSIP

	devicesFull, reportsForgotten fullness

	alarms        [len(alarmStatuses)]atomic.Uint64 // received
	registrations atomic.Uint64                     // accepted
}

// serves reports whether a TFTP node of a name serves a list.
type serves func(server string, list sip.Checksum) bool

// begin makes the zero value ready.
func (p *Phones) begin(now, clock func() time.Time, raise func(occurrence), serves serves) {
	p.now, p.clock, p.raise, p.serves = now, clock, raise, serves
	p.records, p.holdings, p.shared = newRecords(), make(map[holding]*holding), make(map[Registration]*Registration)
	p.guests, p.newcomers = newGuests(), make(map[string]time.Time)
	p.departed, p.devices.revision = make(map[string][]departure), 1
}
