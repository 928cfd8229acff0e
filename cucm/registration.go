package cucm

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"time"

	"itlsim/cucm/ciscolog"
	"itlsim/sip"
)

// Reason is why a phone is not registered any more, by CUCM's numbers.
type Reason int

// The reasons (managed services guide) that a simulation has.
const (
	ConnectivityError    Reason = 6  // no connection to the phone any more
	DeviceInitiatedReset Reason = 8  // it registers anew, without having been reset
	CallManagerReset     Reason = 9  // reset by an administrator or a regeneration
	DeviceUnregistered   Reason = 10 // by itself
	MalformedRegisterMsg Reason = 11
	KeepAliveTimeout     Reason = 13
	DuplicateReg         Reason = 16 // registered with another node meanwhile
	DeviceNoResponse     Reason = 18 // no answer to a NOTIFY
)

// A Registration of a phone with a node. It never changes. Nothing watches it:
// that it has lapsed is found when somebody looks.
type Registration struct {
	Node    *Node
	Session string         // Call-ID; a new boot has a new one
	Contact string         // sip:user@host:port; "" where the phone registered without SIP
	At      netip.AddrPort // where the phone is reached
	lapses  time.Time      // zero: never, as in a simulation in which keep-alives cost no event
}

// A RegisteredPhone is one that a node can reset.
type RegisteredPhone struct {
	Device string
	*Registration
}

// lapseAfter is how long a registration holds without a keep-alive: one keep-
// alive may be lost, and phones that queue for a busy machine are not given up
// (this project's choice).
const lapseAfter = 2 * sip.Granted

// Register records that a phone registered with the node without SIP, until
// Unregister; renews tells that it has done so since its last boot. The cluster
// takes any phone, whatever trust it is in.
func (n *Node) Register(device string, renews bool) { n.cluster.register(device, &n.without, renews) }

// RegisterOver records a registration or a keep-alive by SIP, which holds until
// the next is overdue. It takes the session, the contact and the address of r.
func (n *Node) RegisterOver(device string, r Registration) {
	r.Node, r.lapses = n, n.cluster.Now().Add(lapseAfter)
	n.cluster.register(device, &r, true)
}

// Unregister records that a phone is gone, and why: resets no longer reach it.
func (c *Cluster) Unregister(device string, why Reason) {
	c.mu.Lock()
	var gone []event
	if r := c.records.find(device); r != nil {
		gone = c.gone(nil, r, why)
	}
	c.mu.Unlock()
	c.raiseAll(gone)
}

// register records a registration, one of the same session if it renews.
func (c *Cluster) register(device string, r *Registration, renews bool) {
	c.counts.registrations.Add(1)
	now := c.Now()
	events := make([]event, 0, 2)
	c.mu.Lock()
	rec := c.records.get(device)
	switch old := rec.registration; {
	case old == nil:
	case old.lapsed(now):
		events = c.gone(events, rec, KeepAliveTimeout)
	case !renews || old.Session != r.Session:
		events = c.gone(events, rec, DeviceInitiatedReset)
	case old.Node != r.Node:
		events = c.gone(events, rec, DuplicateReg)
	case old.lapses.After(r.lapses):
		r.lapses = old.lapses // it is carried over a jump that is still to come
	}
	if rec.registration == nil {
		events = append(events, event{ciscolog.EndPointRegistered, r.Node, now, endPoint{rec.device.Name, r.At, 0}})
	}
	rec.registration = r
	c.mu.Unlock()
	c.raiseAll(events)
}

// endPoint is what the alarms of registrations tell of a phone.
type endPoint struct {
	device string
	at     netip.AddrPort
	why    Reason // 0: it is not gone
}

func (e endPoint) Tags() []ciscolog.Tag {
	ip := ""
	if e.at.IsValid() {
		ip = e.at.Addr().String()
	}
	tags := []ciscolog.Tag{{Name: "DeviceName", Value: e.device}, {Name: "IPAddress", Value: ip}, {Name: "Protocol", Value: "SIP"}}
	if e.why != 0 {
		tags = append(tags, ciscolog.Tag{Name: "Reason", Value: strconv.Itoa(int(e.why))})
	}
	return tags
}

func (r *Registration) lapsed(now time.Time) bool {
	return !r.lapses.IsZero() && r.lapses.Before(now)
}

// gone ends a registration; the event that tells why is to be logged when the
// lock, which the caller holds, is free.
func (c *Cluster) gone(events []event, rec *record, why Reason) []event {
	r := rec.registration
	if r == nil {
		return events
	}
	rec.registration = nil
	a := ciscolog.EndPointUnregistered
	if why == CallManagerReset || why == DeviceInitiatedReset {
		a = ciscolog.EndPointUnregisteredByReset
	}
	return append(events, event{a, r.Node, c.Now(), endPoint{rec.device.Name, r.At, why}})
}

// lapse ends the registrations whose keep-alive did not come.
func (c *Cluster) lapse() {
	now := c.Now()
	var events []event
	c.mu.Lock()
	for _, rec := range c.records.all {
		if r := rec.registration; r != nil && r.lapsed(now) {
			events = c.gone(events, rec, KeepAliveTimeout)
		}
	}
	c.mu.Unlock()
	c.raiseAll(events)
}

// ForgetPhones drops the node's registrations, with which its CallManager
// service went: nobody is there to log it.
func (n *Node) ForgetPhones() {
	n.cluster.mu.Lock()
	defer n.cluster.mu.Unlock()
	for _, rec := range n.cluster.records.all {
		if r := rec.registration; r != nil && r.Node == n {
			rec.registration = nil
		}
	}
}

// CarryOver tells the cluster that its clock jumps by d, now or in a moment: the
// keep-alives of phones that still are there would have come meanwhile.
func (c *Cluster) CarryOver(d time.Duration, there func(device string) bool) {
	c.mu.Lock()
	var lapsing []*record
	for _, rec := range c.records.all {
		if r := rec.registration; r != nil && !r.lapses.IsZero() {
			lapsing = append(lapsing, rec)
		}
	}
	c.mu.Unlock()
	// Outside the lock: a phone that is asked may itself be waiting for it.
	for _, rec := range lapsing {
		if !there(rec.device.Name) {
			continue
		}
		c.mu.Lock()
		if r := rec.registration; r != nil && !r.lapses.IsZero() {
			later := *r
			later.lapses = later.lapses.Add(d)
			rec.registration = &later
		}
		c.mu.Unlock()
	}
}

// Registered tells how many phones are registered.
func (c *Cluster) Registered() int {
	c.lapse()
	c.mu.RLock()
	defer c.mu.RUnlock()
	n := 0
	for _, rec := range c.records.all {
		if rec.registration != nil {
			n++
		}
	}
	return n
}

// ResetPhones resets all registered phones: System > Enterprise Parameters >
// Reset, and what a regeneration of a certificate in the ITL does by itself.
// Phones that are not registered miss it. When it returns all have been told.
func (c *Cluster) ResetPhones() {
	c.lapse()
	var records []*record
	var phones []RegisteredPhone
	c.mu.RLock()
	for _, rec := range c.records.all {
		if rec.registration != nil {
			records = append(records, rec)
			phones = append(phones, RegisteredPhone{rec.device.Name, rec.registration})
		}
	}
	network := c.network
	c.mu.RUnlock()
	told := func(i int, err error) { c.reset(records[i], phones[i].Registration, err) }
	if network != nil {
		network.Reset(phones, told)
		return
	}
	for i := range phones {
		told(i, nil)
	}
}

// reset records what came of telling a phone to boot again: it is not registered
// until it registers anew.
func (c *Cluster) reset(rec *record, r *Registration, err error) {
	var silent *sip.NoAnswerError
	switch {
	case err == nil:
		c.ended(rec, r, CallManagerReset)
	case !errors.As(err, &silent):
		// it answered, and refused
	case silent.During != "connecting" && errors.Is(err, context.DeadlineExceeded):
		c.ended(rec, r, DeviceNoResponse)
	default:
		c.ended(rec, r, ConnectivityError)
	}
}

// ended ends a registration that a reset was sent by.
func (c *Cluster) ended(rec *record, r *Registration, why Reason) {
	events := make([]event, 0, 2)
	if why == CallManagerReset {
		events = append(events, event{ciscolog.EndPointResetInitiated, r.Node, c.Now(), endPoint{rec.device.Name, r.At, 0}})
	}
	c.mu.Lock()
	// It may have come back already.
	if now := rec.registration; now != nil && now.Session == r.Session {
		events = c.gone(events, rec, why)
	}
	c.mu.Unlock()
	c.raiseAll(events)
}
