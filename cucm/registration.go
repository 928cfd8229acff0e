package cucm

import (
	"context"
	"errors"
	"time"

	"itlsim/cucm/ciscolog"
	"itlsim/sip"
)

// Reason is why a phone is not registered any more, by CUCM's numbers.
type Reason int

// The reasons (managed services guide, error messages 14) that a simulation has.
const (
	ConnectivityError    Reason = 6  // no connection to the phone any more
	DeviceInitiatedReset Reason = 8  // it registers again without having been reset
	CallManagerReset     Reason = 9  // reset by an administrator or a regeneration
	DeviceUnregistered   Reason = 10 // by itself
	MalformedRegisterMsg Reason = 11
	KeepAliveTimeout     Reason = 13
	DuplicateReg         Reason = 16 // registered with another node meanwhile
	DeviceNoResponse     Reason = 18 // no answer to a NOTIFY
)

// lapseAfter is how long a registration holds without a keep-alive: one keep-
// alive may be lost, and phones that queue for a busy machine are not given up
// (this project's choice).
const lapseAfter = 2 * sip.Granted

func (r *Registration) lapsed(now time.Time) bool {
	return !r.lapses.IsZero() && r.lapses.Before(now)
}

// occurrence is an alarm about the registration of a device.
func (r *Registration) occurrence(a ciscolog.Alarm, at time.Time, d Device, why Reason) occurrence {
	return occurrence{r.Node.index, a, at, endPoint{a, d.Name, d.Model, r.At, why}}
}

// Register records that a phone registered with the node without SIP, until it
// unregisters; renews says that it has done so since its last boot. The cluster
// takes any phone, whatever trust it is in.
func (n *Node) Register(device string, renews bool) {
	p := &n.cluster.Phones
	p.register(device, p.withoutSIP(n), renews)
}

// RegisterOver records a registration or a keep-alive by SIP, which holds until
// the next is overdue. It takes the session, the contact and the address of r.
func (n *Node) RegisterOver(device string, r Registration) {
	p := &n.cluster.Phones
	r.Node, r.lapses = n, p.now().Add(lapseAfter)
	p.register(device, &r, true)
}

// withoutSIP is the registration that all phones of a node share which register
// without SIP: there may be a million.
func (p *Phones) withoutSIP(n *Node) *Registration {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shared[n] == nil {
		p.shared[n] = &Registration{Node: n}
	}
	return p.shared[n]
}

// register records a registration, one of the same session if it renews.
func (p *Phones) register(device string, r *Registration, renews bool) {
	p.registrations.Add(1)
	now := p.now()
	raised := make([]occurrence, 0, 2)
	p.mu.Lock()
	rec := p.records.get(device)
	switch old := rec.registration; {
	case old == nil:
	case old.lapsed(now):
		raised = p.gone(raised, rec, KeepAliveTimeout)
	case !renews || old.Session != r.Session:
		raised = p.gone(raised, rec, DeviceInitiatedReset)
	case old.Node != r.Node:
		raised = p.gone(raised, rec, DuplicateReg)
	case old.lapses.After(r.lapses):
		r.lapses = old.lapses // it is carried over a jump that is still to come
	}
	if rec.registration == nil {
		raised = append(raised, r.occurrence(ciscolog.EndPointRegistered, now, rec.device, 0))
	}
	rec.registration = r
	p.mu.Unlock()
	p.raise(raised...)
}

// Unregister records that a phone is gone, and why: resets no longer reach it.
func (p *Phones) Unregister(device string, why Reason) {
	p.mu.Lock()
	var gone []occurrence
	if r := p.records.find(device); r != nil {
		gone = p.gone(nil, r, why)
	}
	p.mu.Unlock()
	p.raise(gone...)
}

// gone ends a registration. The alarm that says why is to be raised once the
// lock, which the caller holds, is free.
func (p *Phones) gone(raised []occurrence, rec *record, why Reason) []occurrence {
	r := rec.registration
	if r == nil {
		return raised
	}
	rec.registration = nil
	a := ciscolog.EndPointUnregistered
	if why == CallManagerReset || why == DeviceInitiatedReset {
		a = ciscolog.EndPointUnregisteredByReset
	}
	return append(raised, r.occurrence(a, p.now(), rec.device, why))
}

// lapse ends the registrations whose keep-alive did not come.
func (p *Phones) lapse() {
	now := p.now()
	var raised []occurrence
	p.mu.Lock()
	for _, rec := range p.records.all {
		if r := rec.registration; r != nil && r.lapsed(now) {
			raised = p.gone(raised, rec, KeepAliveTimeout)
		}
	}
	p.mu.Unlock()
	p.raise(raised...)
}

// ForgetPhones drops the node's registrations when its CallManager service stops.
// Nothing is logged: nobody is left to do it.
func (n *Node) ForgetPhones() {
	p := &n.cluster.Phones
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, rec := range p.records.all {
		if r := rec.registration; r != nil && r.Node == n {
			rec.registration = nil
		}
	}
}

// CarryOver announces that the cluster's clock jumps by d, now or in a moment: the
// keep-alives of phones that are still there would have come meanwhile.
func (p *Phones) CarryOver(d time.Duration, there func(device string) bool) {
	p.mu.Lock()
	var lapsing []*record
	for _, rec := range p.records.all {
		if r := rec.registration; r != nil && !r.lapses.IsZero() {
			lapsing = append(lapsing, rec)
		}
	}
	p.mu.Unlock()
	// Outside the lock: a phone that is asked may itself be waiting for it.
	for _, rec := range lapsing {
		if !there(rec.device.Name) {
			continue
		}
		p.mu.Lock()
		if r := rec.registration; r != nil && !r.lapses.IsZero() {
			later := *r
			later.lapses = later.lapses.Add(d)
			rec.registration = &later
		}
		p.mu.Unlock()
	}
}

// Registered is how many phones are registered.
func (p *Phones) Registered() int {
	p.lapse()
	p.mu.RLock()
	defer p.mu.RUnlock()
	n := 0
	for _, rec := range p.records.all {
		if rec.registration != nil {
			n++
		}
	}
	return n
}

// registered are the phones that are registered, and their records.
func (p *Phones) registered() (records []*record, phones []RegisteredPhone) {
	p.lapse()
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, rec := range p.records.all {
		if rec.registration != nil {
			records = append(records, rec)
			phones = append(phones, RegisteredPhone{rec.device.Name, rec.registration})
		}
	}
	return records, phones
}

// wasTold records what came of telling a phone to boot again: it is not
// registered until it registers anew. A phone that refuses stays registered.
func (p *Phones) wasTold(rec *record, r *Registration, err error) {
	why := CallManagerReset
	var silent *sip.NoAnswerError
	switch {
	case err == nil:
	case !errors.As(err, &silent):
		return
	case silent.During != "connecting" && errors.Is(err, context.DeadlineExceeded):
		why = DeviceNoResponse
	default:
		why = ConnectivityError
	}
	raised := make([]occurrence, 0, 2)
	if why == CallManagerReset {
		raised = append(raised, r.occurrence(ciscolog.EndPointResetInitiated, p.now(), rec.device, 0))
	}
	p.mu.Lock()
	// It may have come back already.
	if now := rec.registration; now != nil && now.Session == r.Session {
		raised = p.gone(raised, rec, why)
	}
	p.mu.Unlock()
	p.raise(raised...)
}
