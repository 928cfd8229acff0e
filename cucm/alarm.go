package cucm

import (
	"slices"
	"time"

	"itlsim/phone"
)

// Report is the last DeviceTLInfo of a phone (M19).
type Report struct {
	At time.Time
	phone.DeviceTLInfo
	Count int // of all that the phone sent
}

// Alarm records an alarm that a phone sent.
func (c *Cluster) Alarm(a phone.DeviceTLInfo) {
	c.counts.alarms.Add(1)
	now := c.Now()
	c.mu.Lock()
	c.reports[a.Device] = Report{now, a, c.reports[a.Device].Count + 1}
	c.mu.Unlock()
	c.logReport(a)
}

// AlarmsOf counts what a phone sent.
func (c *Cluster) AlarmsOf(device string) int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.reports[device].Count
}

// Holders tells which phones hold which list, by the last alarm of each: the
// names in order. Phones that report nothing, older firmware, are in none
// (M19).
func (c *Cluster) Holders() map[phone.Checksum][]string {
	holders := make(map[phone.Checksum][]string)
	c.mu.RLock()
	for name, r := range c.reports {
		if r.ITL != nil {
			holders[*r.ITL] = append(holders[*r.ITL], name)
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
	served := make(map[string]phone.Checksum)
	for _, n := range c.nodes {
		if n.list != nil {
			served[n.fqdn()] = n.list.SHA1()
		}
	}
	for name := range c.devices {
		status := ITLUnknown
		report, reported := c.reports[name]
		if _, registered := c.registered[name]; registered && reported {
			sum, ok := served[report.ITLServer]
			switch {
			case report.ITL == nil:
				status = ITLNotInstalled
			case ok && sum == *report.ITL:
				status = ITLMatch
			default:
				status = ITLMismatch
			}
		}
		statuses[status] = append(statuses[status], name)
	}
	c.mu.RUnlock()
	for _, names := range statuses {
		slices.Sort(names)
	}
	return statuses
}

// Counts of what the cluster did since it was installed.
type Counts struct {
	ConfigsSigned    uint64 // configuration files
	Alarms           uint64 // DeviceTLInfo received
	Registrations    uint64 // accepted, keep-alives included
	SIPRegistrations uint64 // of these, by a REGISTER
}

// Counts tells them.
func (c *Cluster) Counts() Counts {
	return Counts{c.counts.signed.Load(), c.counts.alarms.Load(), c.counts.registrations.Load(), c.counts.sip.Load()}
}
