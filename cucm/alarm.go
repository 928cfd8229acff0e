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
}

// Alarm records an alarm that a phone sent.
func (c *Cluster) Alarm(a phone.DeviceTLInfo) {
	c.counts.alarms.Add(1)
	report := Report{c.Now(), a}
	c.mu.Lock()
	c.reports[a.Device] = report
	c.mu.Unlock()
	c.logReport(a)
}

// Register records that a phone registered. The cluster takes any phone,
// whatever trust it is in.
func (c *Cluster) Register(device string) {
	c.counts.registrations.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.registered[device] = true
}

// Unregister records that a phone is gone: resets no longer reach it.
func (c *Cluster) Unregister(device string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.registered, device)
}

// Registered tells how many phones are registered.
func (c *Cluster) Registered() int {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return len(c.registered)
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

// Counts of what the cluster did since it was installed.
type Counts struct {
	ConfigsSigned uint64 // configuration files
	Alarms        uint64 // DeviceTLInfo received
	Registrations uint64
}

// Counts tells them.
func (c *Cluster) Counts() Counts {
	return Counts{c.counts.signed.Load(), c.counts.alarms.Load(), c.counts.registrations.Load()}
}
