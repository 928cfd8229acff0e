package cucm

import (
	"net/netip"
	"time"

	"itlsim/sip"
)

// Status is whether a phone is registered, in the words of RIS.
type Status string

// The statuses.
const (
	Registered   Status = "Registered"
	UnRegistered Status = "UnRegistered"
	// StatusUnknown: the call manager that it was registered with has been stopped since.
	StatusUnknown Status = "Unknown"
)

// Whereabouts are what call managers know of where a phone is, or was last.
type Whereabouts struct {
	Device Device         // as the database has it
	Node   *Node          // with which it is registered, or was
	At     netip.AddrPort // where it is reached, or was; invalid where it registered without SIP
	Status Status
	Since  time.Time // when it took that status, by the cluster's time; zero where it registered without SIP
	Reason Reason    // of its being unregistered; else 0
	Loads  sip.Loads // that it told when it registered
}

// departure is the end of a registration.
type departure struct {
	*Registration
	why Reason // 0: its call manager was stopped
	at  time.Time
}

// departs notes the end of a registration by SIP. Those without are not remembered:
// there may be a million. The caller holds the lock.
func (p *Phones) departs(device string, r *Registration, why Reason) {
	if !r.since.IsZero() {
		p.departed[device] = departure{r, why, p.now()}
	}
}

// Registrations are the whereabouts of the phones of the database, in its order. Those
// that never registered since the cluster began have none.
func (p *Phones) Registrations() []Whereabouts {
	p.lapse()
	p.mu.RLock()
	defer p.mu.RUnlock()
	var all []Whereabouts
	for _, rec := range p.records.all() {
		if w, ok := p.whereabouts(rec); ok && rec.known {
			all = append(all, w)
		}
	}
	return all
}

func (p *Phones) whereabouts(rec *record) (w Whereabouts, ok bool) {
	r, gone := rec.registration, p.departed[rec.device.Name]
	w = Whereabouts{Device: rec.device, Status: Registered}
	switch {
	case r != nil:
		w.Since = r.since
	case gone.Registration == nil:
		return w, false
	default:
		r, w.Status, w.Since, w.Reason = gone.Registration, UnRegistered, gone.at, gone.why
		if gone.why == 0 {
			w.Status = StatusUnknown
		}
	}
	w.Node, w.At = r.Node, r.At
	if r.Loads != (Registration{}).Loads {
		w.Loads = r.Loads.Value()
	}
	return w, true
}
