package cucm

import (
	"context"
	"errors"
	"net/netip"
	"strconv"
	"sync"
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

// A registration of a phone; it never changes. Nothing watches it: that it has
// lapsed is found when somebody looks.
type registration struct {
	node    *Node
	session string         // Call-ID; a new boot has a new one
	contact string         // sip:user@host:port of the phone; "" where it is no SIP phone
	at      netip.AddrPort // where it is reached
	lapses  time.Time      // zero: never, as in a simulation in which keep-alives cost no event
}

// lapseAfter is how long a registration holds without a keep-alive: one keep-
// alive may be lost, and phones that queue for a busy machine are not given up
// (this project's choice).
const lapseAfter = 2 * sip.Granted

// Register records that a phone registered with the node without SIP, until
// Unregister; renews tells that it has done so since its last boot. The cluster
// takes any phone, whatever trust it is in.
func (n *Node) Register(device string, renews bool) { n.cluster.register(device, &n.without, renews) }

// Unregister records that a phone is gone: resets no longer reach it.
func (c *Cluster) Unregister(device string) { c.unregister(device, DeviceUnregistered) }

func (c *Cluster) unregister(device string, why Reason) {
	c.mu.Lock()
	var gone []event
	if r := c.records.find(device); r != nil {
		gone = c.gone(nil, r, why)
	}
	c.mu.Unlock()
	c.raiseAll(gone)
}

// register records a registration, one of the same session if it renews.
func (c *Cluster) register(device string, r *registration, renews bool) {
	c.counts.registrations.Add(1)
	now := c.Now()
	events := make([]event, 0, 2)
	c.mu.Lock()
	rec := c.records.get(device)
	switch old := rec.registration; {
	case old == nil:
	case old.lapsed(now):
		events = c.gone(events, rec, KeepAliveTimeout)
	case !renews || old.session != r.session:
		events = c.gone(events, rec, DeviceInitiatedReset)
	case old.node != r.node:
		events = c.gone(events, rec, DuplicateReg)
	case old.lapses.After(r.lapses):
		r.lapses = old.lapses // it is carried over a jump that is still to come
	}
	if rec.registration == nil {
		events = append(events, event{ciscolog.EndPointRegistered, r.node, now, endPoint{rec.device.Name, r.at, 0}})
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

func (r *registration) lapsed(now time.Time) bool {
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
	return append(events, event{a, r.node, c.Now(), endPoint{rec.device.Name, r.at, why}})
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
		if r := rec.registration; r != nil && r.node == n {
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

// Notifier is a network by which a node's CallManager service reaches phones.
type Notifier interface {
	// Notify sends a NOTIFY with Event: service-control and waits for the answer.
	Notify(n *Node, contact string, at netip.AddrPort, action string) error
}

// resetsAtOnce is the size of the batches in which phones are reset, which real
// administrators are advised to use too.
const resetsAtOnce = 32

// ResetPhones resets all registered phones: System > Enterprise Parameters >
// Reset, and what a regeneration of a certificate in the ITL does by itself.
// Phones that are not registered miss it. When it returns all have been told.
func (c *Cluster) ResetPhones() {
	c.lapse()
	c.mu.RLock()
	type phone struct {
		*record
		by *registration
	}
	var told []phone
	var others []string // reached without SIP
	for _, rec := range c.records.all {
		switch r := rec.registration; {
		case r == nil:
			continue
		case r.contact == "":
			others = append(others, rec.device.Name)
		}
		told = append(told, phone{rec, rec.registration})
	}
	phones, network := c.phones, c.network
	c.mu.RUnlock()
	notifier, _ := network.(Notifier)
	batch := make(chan struct{}, resetsAtOnce)
	var running sync.WaitGroup
	for _, p := range told {
		switch {
		case p.by.contact == "":
			c.ended(p.record, p.by, CallManagerReset)
		case notifier != nil:
			batch <- struct{}{}
			running.Go(func() {
				c.reset(notifier, p.record, p.by, "reset")
				<-batch
			})
		}
	}
	running.Wait()
	if phones != nil && len(others) > 0 {
		phones.Reset(others)
	}
}

// reset tells one phone, which is not registered until it registers again.
func (c *Cluster) reset(by Notifier, rec *record, r *registration, action string) {
	err := by.Notify(r.node, r.contact, r.at, action)
	why := CallManagerReset
	switch e := err.(type) {
	case nil:
	case *sip.NoAnswerError:
		why = ConnectivityError
		if e.During != "connecting" && errors.Is(e, context.DeadlineExceeded) {
			why = DeviceNoResponse
		}
	default:
		return // it answered, and refused
	}
	c.ended(rec, r, why)
}

// ended ends a registration that a reset was sent by.
func (c *Cluster) ended(rec *record, r *registration, why Reason) {
	events := make([]event, 0, 2)
	if why == CallManagerReset {
		events = append(events, event{ciscolog.EndPointResetInitiated, r.node, c.Now(), endPoint{rec.device.Name, r.at, 0}})
	}
	c.mu.Lock()
	// It may have come back already.
	if now := rec.registration; now != nil && now.session == r.session {
		events = c.gone(events, rec, why)
	}
	c.mu.Unlock()
	c.raiseAll(events)
}
