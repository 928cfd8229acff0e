package cucm

import (
	"net/netip"
	"slices"
	"time"

	"itlsim/internal/contain"
	"itlsim/sip"
)

// Status is whether a phone is registered, in the words of RIS.
type Status string

// The statuses.
const (
	Registered   Status = "Registered"
	UnRegistered Status = "UnRegistered"
	// Rejected: it is not in the database, and was told so (404).
	Rejected Status = "Rejected"
	// StatusUnknown: the call manager that it was registered with has been stopped since.
	StatusUnknown Status = "Unknown"
)

// Whereabouts are what call managers know of where a phone is, or was last.
type Whereabouts struct {
	Device Device         // as the database has it; of one that was rejected what it said
	Node   *Node          // with which it is registered, or was
	At     netip.AddrPort // where it is reached, or was; invalid where it registered without SIP
	Status Status
	Since  time.Time // when it took that status, by the cluster's time; zero where it registered without SIP
	Reason Reason    // of its being unregistered or rejected; else 0
	Loads  sip.Loads // that it told when it registered
	Httpd  Httpd
}

// Httpd is whether a phone has a web page, as the last configuration of its own says that
// the cluster served. What the phone has in force the cluster does not know.
type Httpd uint8

// What configurations say of web access.
const (
	HttpdUnknown Httpd = iota // none was served
	HttpdNo
	HttpdYes
)

// String is RIS's word for it.
func (h Httpd) String() string { return [...]string{"Unknown", "No", "Yes"}[h] }

// servedConfig notes what the configuration of its own says that a phone was served.
func (p *Phones) servedConfig(by Caller, web bool) {
	says := HttpdNo
	if web {
		says = HttpdYes
	}
	news := false
	contain.Holding(p.mu.RLocker(), func() {
		rec := p.records.find(by)
		news = rec != nil && rec.web != says
	})
	if !news {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if rec := p.records.find(by); rec != nil {
		rec.web = says
	}
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
		p.returns(device, r.Node)
		p.departed[device] = append(p.departed[device], departure{r, why, p.now()})
	}
}

// returns forgets that a phone was registered with a node before. The caller holds the lock.
func (p *Phones) returns(device string, n *Node) {
	left := slices.DeleteFunc(p.departed[device], func(d departure) bool { return d.Node == n })
	if p.departed[device] = left; len(left) == 0 {
		delete(p.departed, device)
	}
}

// Registrations are the whereabouts of the phones of the database, in its order, then
// those of phones that were rejected. Those that never registered since the cluster began
// have none. There is one for each phone, the latest. Where phones are named those of the
// others in the database are not looked at.
func (p *Phones) Registrations(named ...string) []Whereabouts { return p.whereabouts(true, named) }

// RegistrationsByNode are the same as each node knows them: a phone that moved is still
// known where it was.
func (p *Phones) RegistrationsByNode(named ...string) []Whereabouts {
	return p.whereabouts(false, named)
}

func (p *Phones) whereabouts(latest bool, named []string) (all []Whereabouts) {
	p.lapse()
	p.mu.RLock()
	defer p.mu.RUnlock()
	for rec := range p.records.among(named) {
		if !rec.known {
			continue
		}
		gone := p.departed[rec.device.Name]
		if r := rec.registration; r != nil {
			if latest {
				gone = nil
			}
			all = append(all, rec.whereabouts(r, Registered, r.since, 0))
		} else if latest && len(gone) > 1 {
			gone = gone[len(gone)-1:]
		}
		for _, d := range gone {
			status := UnRegistered
			if d.why == 0 {
				status = StatusUnknown
			}
			all = append(all, rec.whereabouts(d.Registration, status, d.at, d.why))
		}
	}
	return append(all, p.rejected.whereabouts(latest)...)
}

func (rec *record) whereabouts(r *Registration, status Status, since time.Time, why Reason) Whereabouts {
	w := Whereabouts{Device: rec.device, Node: r.Node, At: r.At, Status: status, Since: since, Reason: why,
		Httpd: rec.web}
	if r.Loads != (Registration{}).Loads {
		w.Loads = r.Loads.Value()
	}
	return w
}
