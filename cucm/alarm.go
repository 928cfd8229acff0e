package cucm

import (
	"slices"

	"itlsim/cucm/ciscolog"
	"itlsim/sip"
)

// A holding is which list a phone holds, by its DeviceTLInfo (M19). Phones that
// report the same share one.
type holding struct {
	installed bool
	itl       sip.Checksum // zero where none is installed
	server    string       // the CN of the list's TFTP record
}

// maxHoldings bounds how many are shared: clusters serve few lists, and what
// alarms say may come from anywhere.
const maxHoldings = 256

// maxStrangers bounds of how many phones the reports are kept that are not in the
// database, since anybody may send alarms in any name.
const maxStrangers = 40_000

// Alarm records an alarm that a phone sent.
func (c *Cluster) Alarm(a sip.DeviceTLInfo) {
	c.counts.alarms.Add(1)
	h := holding{server: a.ITLServer}
	if a.ITL != nil {
		h.installed, h.itl = true, *a.ITL
	}
	c.mu.Lock()
	shared := c.holdings[h]
	if shared == nil {
		if len(c.holdings) >= maxHoldings {
			clear(c.holdings)
		}
		own := h
		shared = &own
		c.holdings[h] = shared
	}
	r := c.records.find(a.Device)
	if r == nil && len(c.records.all)-c.records.known < maxStrangers {
		r = c.records.get(a.Device)
	}
	if r != nil {
		r.holds = shared
		r.alarms++
	}
	report := Report{a, c.status(&h)}
	c.mu.Unlock()
	c.raise(event{ciscolog.DeviceTLInfo, c.Publisher(), c.Now(), report})
}

// A Report is a phone's DeviceTLInfo in the log, with what the cluster made of it
// when it came: Match, Mismatch or Not Installed.
type Report struct {
	sip.DeviceTLInfo
	Status ITLStatus
}

// Tags are those of the phone's alarm.
func (r Report) Tags() []ciscolog.Tag {
	return []ciscolog.Tag{
		{Name: "DeviceName", Value: r.Device}, {Name: "CTL_Signature", Value: r.CTL.String()},
		{Name: "ITL_Signature", Value: r.ITL.String()}, {Name: "ITL_TFTP_Server", Value: r.ITLServer},
	}
}

// status compares what a phone reports to hold with what the TFTP node that it
// names serves now (M19). The caller has the lock.
func (c *Cluster) status(h *holding) ITLStatus {
	if !h.installed {
		return ITLNotInstalled
	}
	for _, n := range c.nodes {
		if n.list != nil && n.list.SHA1() == h.itl && n.fqdn() == h.server {
			return ITLMatch
		}
	}
	return ITLMismatch
}

// AlarmsOf counts what a phone sent.
func (c *Cluster) AlarmsOf(device string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if r := c.records.find(device); r != nil {
		return int(r.alarms)
	}
	return 0
}

// Holds is the list that a phone holds by its last alarm; false where it
// reported none: it has none, or older firmware (M19).
func (c *Cluster) Holds(device string) (sip.Checksum, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if r := c.records.find(device); r != nil && r.holds != nil {
		return r.holds.itl, r.holds.installed
	}
	return sip.Checksum{}, false
}

// Holders tells which phones hold which list, by the last alarm of each: the
// names in order. Phones that report nothing, older firmware, are in none
// (M19).
func (c *Cluster) Holders() map[sip.Checksum][]string {
	holders := make(map[sip.Checksum][]string)
	c.mu.RLock()
	for _, r := range c.records.all {
		if h := r.holds; h != nil && h.installed {
			holders[h.itl] = append(holders[h.itl], r.device.Name)
		}
	}
	c.mu.RUnlock()
	for _, names := range holders {
		slices.Sort(names)
	}
	return holders
}

// ITLStatus is the filter "ITL File Status" of Find and List Phones.
type ITLStatus string

// The statuses, in CUCM's words (release 14SU2).
const (
	ITLMatch        ITLStatus = "Match"         // what the TFTP node that the phone names serves
	ITLMismatch     ITLStatus = "Mismatch"      // something else
	ITLNotInstalled ITLStatus = "Not Installed" // it reports to hold no list
	ITLUnknown      ITLStatus = "Unknown"       // not registered, or firmware that reports nothing
)

// ITLStatuses lists the phones of the database by what they last reported,
// compared with the checksum of the TFTP node that each names (M19). The names
// are in order.
func (c *Cluster) ITLStatuses() map[ITLStatus][]string {
	c.Registered() // those whose registration has lapsed are not any more
	statuses := make(map[ITLStatus][]string)
	c.mu.RLock()
	for _, r := range c.records.all {
		if !r.known {
			continue
		}
		status := ITLUnknown
		if h := r.holds; r.registration != nil && h != nil {
			status = c.status(h)
		}
		statuses[status] = append(statuses[status], r.device.Name)
	}
	c.mu.RUnlock()
	for _, names := range statuses {
		slices.Sort(names)
	}
	return statuses
}

// Counts of what the cluster did since it was installed.
type Counts struct {
	ConfigsSigned uint64 // configuration files
	Alarms        uint64 // DeviceTLInfo received
	Registrations uint64 // accepted, keep-alives included
}

// Counts tells them.
func (c *Cluster) Counts() Counts {
	return Counts{c.counts.signed.Load(), c.counts.alarms.Load(), c.counts.registrations.Load()}
}
