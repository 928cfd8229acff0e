package cucm

import (
	"context"
	"errors"
	"time"
	"unique"

	"itlsim/cucm/ciscolog"
	"itlsim/internal/contain"
	"itlsim/sip"
)

// Reason is why a phone is not registered any more, by CUCM's numbers.
type Reason uint8

// The reasons (managed services guide, error messages 14) that a simulation has.
const (
	NoEntryInDatabase    Reason = 2  // not in the database, and rejected (CISCO-CCM-MIB)
	ConnectivityError    Reason = 6  // no connection to the phone any more
	DeviceInitiatedReset Reason = 8  // it boots again without having been reset
	CallManagerReset     Reason = 9  // reset by an administrator or a regeneration
	DeviceUnregistered   Reason = 10 // by itself
	MalformedRegisterMsg Reason = 11
	KeepAliveTimeout     Reason = 13
	DuplicateReg         Reason = 16 // registered with another node meanwhile
	DeviceNoResponse     Reason = 18 // no answer to a NOTIFY
)

// lapseOf is when a registration lapses that is granted for a time now: after twice
// that without a keep-alive. One may be lost, and phones that queue for a busy machine
// are not given up (this project's choice).
func (p *Phones) lapseOf(granted time.Duration) time.Time { return p.clock().Add(2 * granted) }

func (r *Registration) lapsed(now time.Time) bool {
	return !r.lapses.IsZero() && r.lapses.Before(now)
}

// occurrence is an alarm about the registration of a device.
func (r *Registration) occurrence(a ciscolog.Alarm, at time.Time, d *Device, why Reason) occurrence {
	return occurrence{r.Node.index, a, at, endPoint{d.Name, d.Model, r.At.Addr(), r.Node.build(), a, why}}
}

// Register records that a phone registered with the node without SIP, until it
// unregisters; renews says that it has done so since its last boot. The cluster
// takes any phone, whatever trust it is in.
func (n *Node) Register(device string, renews bool) { Caller{Device: device}.Register(n, renews) }

// Register is [Node.Register].
func (by Caller) Register(n *Node, renews bool) {
	p := &n.cluster.Phones
	p.register(by, p.neverSIP(n), renews)
}

// RegisterOver records a registration or a keep-alive by SIP, which was granted for
// a time and holds until the next is overdue. It takes the session, the contact and
// the address of r, and reports whether the node did not know of it before.
func (n *Node) RegisterOver(device string, r Registration, granted time.Duration) (anew bool) {
	p := &n.cluster.Phones
	r.Node, r.lapses = n, p.lapseOf(granted)
	return p.register(Caller{Device: device}, &r, true)
}

// Renews reports whether a REGISTER by SIP is a keep-alive: the phone is registered with
// the node, in the same session.
func (n *Node) Renews(device, session string) bool {
	p := &n.cluster.Phones
	p.mu.Lock()
	defer p.mu.Unlock()
	rec := p.records.find(Caller{Device: device})
	return rec != nil && rec.registration != nil && rec.registration.Node == n && rec.registration.Session == session
}

// maxShared bounds how many registrations are remembered to be shared.
const maxShared = 256

// withoutSIP is the registration that all phones share which register with a node
// without SIP, or have fallen silent within the same second: there may be a
// million. The caller holds the lock.
func (p *Phones) withoutSIP(n *Node, lapses time.Time) *Registration {
	if !lapses.IsZero() {
		lapses = lapses.Add(time.Second - 1).Truncate(time.Second)
	}
	r := Registration{Node: n, lapses: lapses}
	if p.shared[r] == nil {
		if len(p.shared) >= maxShared {
			clear(p.shared)
		}
		shared := r
		p.shared[r] = &shared
	}
	return p.shared[r]
}

// neverSIP is that of a phone that is not silent.
func (p *Phones) neverSIP(n *Node) *Registration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.withoutSIP(n, time.Time{})
}

// FallSilent records that no keep-alive of a phone which registered without SIP
// will come any more. Nobody tells the cluster when a phone loses its power or its
// network: the registration lapses when it would have lapsed by SIP.
func (c *Cluster) FallSilent(device string) { Caller{Device: device}.FallSilent(c) }

// FallSilent is [Cluster.FallSilent].
func (by Caller) FallSilent(c *Cluster) {
	p := &c.Phones
	p.mu.Lock()
	defer p.mu.Unlock()
	if rec := p.records.find(by); rec != nil && rec.registration != nil && rec.registration.lapses.IsZero() {
		rec.registration = p.withoutSIP(rec.registration.Node, p.lapseOf(sip.Granted))
	}
}

// register records a registration, one of the same session if it renews. It
// reports whether it is new to its node.
func (p *Phones) register(by Caller, r *Registration, renews bool) (anew bool) {
	p.registrations.Add(1)
	raised := make([]occurrence, 0, 2)
	contain.Holding(&p.mu, func() { raised, anew = p.registered(raised, by, r, renews) })
	p.raiseAll(raised)
	return anew
}

// noLoads are those of a REGISTER that names none.
var noLoads = unique.Make(sip.Loads{})

// registered does that, and gives what is to be raised. The caller holds the lock.
func (p *Phones) registered(raised []occurrence, by Caller, r *Registration, renews bool) (_ []occurrence, anew bool) {
	now := p.now()
	rec := p.records.get(by)
	raised = p.lapsed(raised, rec, p.clock())
	switch old := rec.registration; {
	case old == nil:
	case !renews || old.Session != r.Session:
		raised = p.gone(raised, rec, DeviceInitiatedReset)
	case old.Node != r.Node:
		raised = p.gone(raised, rec, DuplicateReg)
	case r.lapses.IsZero(): // without SIP: it does not lapse, whatever the phone was silent before
	case old.lapses.After(r.lapses):
		r.lapses = old.lapses // it is carried over a jump that is still to come
	}
	if r.Loads == noLoads {
		r.Loads = p.namedBefore(rec, r.Session)
	}
	anew = rec.registration == nil
	switch {
	case r.lapses.IsZero(): // without SIP
	case anew:
		r.since = now
		p.returns(rec.device.Name, r.Node)
	default:
		r.since = rec.registration.since
	}
	if anew {
		raised = append(raised, r.occurrence(ciscolog.EndPointRegistered, now, &rec.device, 0))
	}
	rec.registration = r
	return raised, anew
}

// namedBefore are the loads that a phone named when its session began: keep-alives name
// none, also those after a call manager's restart. The caller holds the lock.
func (p *Phones) namedBefore(rec *record, session string) unique.Handle[sip.Loads] {
	if rec.registration != nil {
		return rec.registration.Loads
	}
	for _, d := range p.departed[rec.device.Name] {
		if d.Session == session {
			return d.Loads
		}
	}
	return noLoads
}

// Unregister records that a phone is gone, and why: resets no longer reach it. A
// registration with another node stays: what says that the phone asks for no time
// there is the keep-alive to its standby.
func (n *Node) Unregister(device string, why Reason) { Caller{Device: device}.Unregister(n, why) }

// Unregister is [Node.Unregister].
func (by Caller) Unregister(n *Node, why Reason) {
	p := &n.cluster.Phones
	gone := make([]occurrence, 0, 1)
	contain.Holding(&p.mu, func() {
		if rec := p.records.find(by); rec != nil && rec.registration != nil && rec.registration.Node == n {
			gone = p.gone(gone, rec, why)
		}
	})
	p.raiseAll(gone)
}

// gone ends a registration. What a phone does that is being told to boot again is
// taken for a consequence: it may be gone, or back, before its answer is here. The
// alarm that says why is to be raised once the lock, which the caller holds, is free.
func (p *Phones) gone(raised []occurrence, rec *record, why Reason) []occurrence {
	r := rec.registration
	if r == nil {
		return raised
	}
	if rec.resetting && (why == DeviceInitiatedReset || why == DeviceUnregistered) {
		why = CallManagerReset
	}
	rec.registration, rec.resetting = nil, false
	p.departs(rec.device.Name, r, why)
	a := ciscolog.EndPointUnregistered
	if why == CallManagerReset || why == DeviceInitiatedReset {
		a = ciscolog.EndPointUnregisteredByReset
	}
	return append(raised, r.occurrence(a, p.now(), &rec.device, why))
}

// lapse ends the registrations whose keep-alive did not come.
func (p *Phones) lapse() {
	now := p.clock()
	var raised []occurrence
	contain.Holding(&p.mu, func() {
		for _, rec := range p.records.all() {
			raised = p.lapsed(raised, rec, now)
		}
	})
	p.raiseAll(raised)
}

func (p *Phones) raiseAll(raised []occurrence) {
	for _, e := range raised {
		p.raise(e)
	}
}

// lapsed ends a registration whose keep-alive did not come.
func (p *Phones) lapsed(raised []occurrence, rec *record, now time.Time) []occurrence {
	if r := rec.registration; r != nil && r.lapsed(now) {
		return p.gone(raised, rec, KeepAliveTimeout)
	}
	return raised
}

// ForgetPhones drops the node's registrations when its CallManager service stops.
// Nothing is logged: nobody is left to do it.
func (n *Node) ForgetPhones() {
	p := &n.cluster.Phones
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, rec := range p.records.all() {
		if r := rec.registration; r != nil && r.Node == n {
			rec.registration, rec.resetting = nil, false
			p.departs(rec.device.Name, r, 0)
		}
	}
}

// CarryOver announces that the cluster's clock jumps by d, now or in a moment: the
// keep-alives of phones that are still there would have come meanwhile. (`set date`
// moves no clock by which they are awaited.)
func (p *Phones) CarryOver(d time.Duration, there func(device string) bool) {
	var lapsing []string
	contain.Holding(&p.mu, func() {
		for _, rec := range p.records.all() {
			if r := rec.registration; r != nil && !r.lapses.IsZero() {
				lapsing = append(lapsing, rec.device.Name)
			}
		}
	})
	// Outside the lock: a phone that is asked may itself be waiting for it.
	for _, device := range lapsing {
		if !there(device) {
			continue
		}
		contain.Holding(&p.mu, func() {
			rec := p.records.find(Caller{Device: device})
			if r := rec.registration; r != nil && !r.lapses.IsZero() {
				later := *r
				later.lapses = later.lapses.Add(d)
				rec.registration = &later
			}
		})
	}
}

// Registered is how many phones are registered.
func (p *Phones) Registered() int {
	p.lapse()
	p.mu.RLock()
	defer p.mu.RUnlock()
	n := 0
	for _, rec := range p.records.all() {
		if rec.registration != nil {
			n++
		}
	}
	return n
}

// CallManagerOf is the node where a phone is registered; nil where it is not.
func (c *Cluster) CallManagerOf(device string) *Node { return Caller{Device: device}.CallManager(c) }

// CallManager is [Cluster.CallManagerOf].
func (by Caller) CallManager(c *Cluster) (n *Node) {
	p := &c.Phones
	raised := make([]occurrence, 0, 1)
	contain.Holding(&p.mu, func() {
		if rec := p.records.find(by); rec != nil {
			if raised = p.lapsed(raised, rec, p.clock()); rec.registration != nil {
				n = rec.registration.Node
			}
		}
	})
	p.raiseAll(raised)
	return n
}

// wasTold records what came of telling a phone to boot again: it is not
// registered until it registers anew. A phone that refuses stays registered.
func (p *Phones) wasTold(rec *record, r *Registration, err error) {
	why := goneFor(err)
	raised := make([]occurrence, 0, 2)
	contain.Holding(&p.mu, func() {
		if why == CallManagerReset {
			raised = append(raised, r.occurrence(ciscolog.EndPointResetInitiated, p.now(), &rec.device, 0))
		}
		// It may have come back already, and be told anew.
		if now := rec.registration; now != nil && rec.resetting && now.Session == r.Session {
			rec.resetting = false
			if why != 0 {
				raised = p.gone(raised, rec, why)
			}
		}
	})
	p.raiseAll(raised)
}

// goneFor is why a phone is gone that was told to boot again, by what came of
// that; 0 where it refused.
func goneFor(err error) Reason {
	silent, unanswered := errors.AsType[*sip.NoAnswerError](err)
	switch {
	case err == nil:
		return CallManagerReset
	case !unanswered:
		return 0
	case silent.During != "connecting" && errors.Is(err, context.DeadlineExceeded):
		return DeviceNoResponse
	}
	return ConnectivityError
}
