package cucm

import (
	"slices"

	"itlsim/cucm/ciscolog"
	"itlsim/internal/contain"
	"itlsim/sip"
)

// maxHoldings bounds how many are shared: clusters serve few lists, and what
// alarms say may come from anywhere.
const maxHoldings = 256

// maxStrangers bounds how many phones outside the database have their reports
// kept, since anybody may send alarms in any name. The one that was heard of first makes
// room: it is heard of again at its next boot.
const maxStrangers = 40_000

// heard are the names outside the database that alarms came in, in a ring.
type heard struct {
	names []string
	first int
}

// hear begins the record of a phone that is not in the database, and reports whether
// another one had to make room. The caller holds the lock.
func (p *Phones) hear(name string) (rec *record, forgot bool) {
	h := &p.heard
	if len(h.names) < maxStrangers {
		h.names = append(h.names, name)
		return p.records.get(Caller{Device: name}), false
	}
	old := p.records.find(Caller{Device: h.names[h.first]})
	if forgot = old != nil && !old.known && old.registration == nil; forgot {
		p.records.remove(old.device.Name)
	}
	h.names[h.first] = name
	h.first = (h.first + 1) % maxStrangers
	return p.records.get(Caller{Device: name}), forgot
}

// ITLStatus is the filter "ITL File Status" of Find and List Phones.
type ITLStatus string

// The statuses, in CUCM's words (release 14SU2).
const (
	ITLMatch        ITLStatus = "Match"         // the phone holds what the TFTP node that it names serves
	ITLMismatch     ITLStatus = "Mismatch"      // it holds something else
	ITLNotInstalled ITLStatus = "Not Installed" // it reports to hold no list
	ITLUnknown      ITLStatus = "Unknown"       // it is not registered, or its firmware reports nothing
)

// alarmStatuses are those that an alarm may have.
var alarmStatuses = [...]ITLStatus{ITLMatch, ITLMismatch, ITLNotInstalled}

// A Report is a phone's DeviceTLInfo in the log, with what the cluster made of it
// when it came: Match, Mismatch or Not Installed.
type Report struct {
	sip.DeviceTLInfo
	Status ITLStatus
}

// Tags are the parameters of the phone's alarm (error messages 14).
func (r Report) Tags() []ciscolog.Tag {
	var tags []ciscolog.Tag
	for _, p := range r.Parameters() {
		tags = append(tags, ciscolog.Tag(p))
	}
	return tags
}

// Alarm records an alarm that a phone sent. The publisher logs it.
func (c *Cluster) Alarm(a sip.DeviceTLInfo) { Caller{Device: a.Device}.Alarm(c, a) }

// Alarm is [Cluster.Alarm].
func (by Caller) Alarm(c *Cluster, a sip.DeviceTLInfo) {
	p := &c.Phones
	h := holding{server: a.ITLServer}
	if a.ITL != nil {
		h.installed, h.itl = true, *a.ITL
	}
	var shared *holding
	forgot := false
	contain.Holding(&p.mu, func() {
		shared = p.share(h)
		r := p.records.find(by)
		if r == nil {
			r, forgot = p.hear(a.Device)
		}
		r.holds = shared
		r.alarms++
	})
	if forgot {
		p.full(&p.reportsForgotten, 0, ciscolog.ReportsForgotten, "MaxReports", maxStrangers)
	}
	status := p.status(shared)
	p.alarms[slices.Index(alarmStatuses[:], status)].Add(1)
	p.raise(occurrence{0, ciscolog.DeviceTLInfo, p.now(), Report{a, status}})
}

// share gives the holding that equal ones share.
func (p *Phones) share(h holding) *holding {
	shared := p.holdings[h]
	if shared == nil {
		if len(p.holdings) >= maxHoldings {
			clear(p.holdings)
		}
		own := h
		shared = &own
		p.holdings[h] = shared
	}
	return shared
}

// status compares what a phone reports to hold with what the TFTP node that it
// names serves now (M19).
func (p *Phones) status(h *holding) ITLStatus {
	switch {
	case !h.installed:
		return ITLNotInstalled
	case p.serves(h.server, h.itl):
		return ITLMatch
	}
	return ITLMismatch
}

// AlarmsOf counts what a phone sent.
func (c *Cluster) AlarmsOf(device string) int { return Caller{Device: device}.Alarms(c) }

// Alarms is [Cluster.AlarmsOf].
func (by Caller) Alarms(c *Cluster) int {
	p := &c.Phones
	p.mu.RLock()
	defer p.mu.RUnlock()
	if r := p.records.find(by); r != nil {
		return int(r.alarms)
	}
	return 0
}

// Holds is the list that a phone holds by its last alarm. It is false where the
// phone reported none: it has none, or older firmware (M19).
func (c *Cluster) Holds(device string) (sip.Checksum, bool) { return Caller{Device: device}.Holds(c) }

// Holds is [Cluster.Holds].
func (by Caller) Holds(c *Cluster) (sip.Checksum, bool) {
	p := &c.Phones
	p.mu.RLock()
	defer p.mu.RUnlock()
	if r := p.records.find(by); r != nil && r.holds != nil {
		return r.holds.itl, r.holds.installed
	}
	return sip.Checksum{}, false
}

// Holders are the phones that hold a list, by the last alarm of each, for each
// list: their names in order. Phones of older firmware report nothing and are in
// none (M19).
func (p *Phones) Holders() map[sip.Checksum][]string {
	holders := make(map[sip.Checksum][]string)
	contain.Holding(p.mu.RLocker(), func() {
		for _, r := range p.records.all() {
			if h := r.holds; h != nil && h.installed {
				holders[h.itl] = append(holders[h.itl], r.device.Name)
			}
		}
	})
	for _, names := range holders {
		slices.Sort(names)
	}
	return holders
}

// ITLStatuses are the phones of the database by what they last reported,
// compared with what the TFTP node that each names serves now (M19): their names
// in order.
func (p *Phones) ITLStatuses() map[ITLStatus][]string {
	p.lapse() // a phone whose registration has lapsed is not registered any more
	statuses := make(map[ITLStatus][]string)
	contain.Holding(p.mu.RLocker(), func() {
		for _, r := range p.records.all() {
			if !r.known {
				continue
			}
			status := ITLUnknown
			if r.registration != nil && r.holds != nil {
				status = p.status(r.holds)
			}
			statuses[status] = append(statuses[status], r.device.Name)
		}
	})
	for _, names := range statuses {
		slices.Sort(names)
	}
	return statuses
}
